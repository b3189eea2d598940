import { z } from 'zod';
import type { Asker } from '../actions/action.js';
import { NotNow } from '../errors.js';
import * as agentStates from '../models/agent-states.js';
import { shownNumber } from '../services/contacts.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import { parseFields, secretField } from '../web/forms.js';
import type { FormErrors, LockPage, LockStatePage } from '../web/page-models.js';
import { askerOf } from './asker.js';
import { pauseWords } from './pause-words.js';

const form = z.object({ password: secretField(200) });

/** GET /lock: where every page of a locked session leads (E4). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, res } = exchange;
  if (!(await app.locks.isLocked(viewer.agentId))) return res.redirect(303, '/desk');
  await showForm(exchange, {}, 200);
}

/**
 * GET /lock/state: a frame of the locked page that refreshes itself. It keeps the agent's desk known as open, as a lock is a mask: calls
 * go on coming (domain guide 15.6), and the frame says so.
 */
export async function state(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const agentId = agentOf(viewer);
  app.services.presence.seen(agentId);
  const snapshot = await app.services.snapshots.ofAgent(agentId);
  if (!snapshot || !(await app.locks.isLocked(agentId))) return exchange.page('lock/state', { agent: null });
  const { shown, since } = snapshot.state;
  const customerNumber = await shownNumber(app.db, snapshot.teamId, snapshot.call?.customerNumber ?? '');
  const model: LockStatePage = { agent: { shown, since, customerNumber } };
  exchange.page('lock/state', model);
}

/** POST /unlock: the sign-in password, throttled as at sign-in. */
export async function destroy(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res, t } = exchange;
  const agentId = agentOf(viewer);
  const { password } = parseFields(form, req.body);
  const failure = await app.authenticator.checkAgain(viewer.accountId, password, req.ip ?? '');
  if (failure) {
    const params = 'seconds' in failure ? { seconds: failure.seconds } : {};
    if ('seconds' in failure) res.set('Retry-After', String(failure.seconds));
    const key = 'seconds' in failure ? 'errors.sign-in-throttled' : 'errors.password-wrong';
    return showForm(exchange, { password: t(key, params) }, failure.status === 429 ? 429 : 422);
  }
  await app.services.commands.unlock(agentId, askerOf(viewer, req));
  app.locks.set(agentId, false);
  exchange.seeOther('/desk');
}

/**
 * Locks the screen with a reason; the caller answers.
 * @param asker with the leader's approval where the reason needs it
 * @throws NotNow when it is locked already
 */
export async function lock(
  { app, viewer }: Exchange,
  asker: Asker,
  { reason, note }: { reason: string; note: string },
): Promise<void> {
  const agentId = agentOf(viewer);
  if (await app.locks.isLocked(agentId)) throw new NotNow('locked');
  await app.services.commands.lock(agentId, asker, reason, note);
  // In force before the recorder's commit is heard of: no request slips through in between.
  app.locks.set(agentId, true);
}

async function showForm(exchange: Exchange, errors: FormErrors, status: number): Promise<void> {
  const { app, viewer, t } = exchange;
  const { teamId } = viewer;
  const agentId = agentOf(viewer);
  const found = teamId === null ? null : await agentStates.ofAgent(app.db, teamId, agentId);
  const words = await pauseWords(app.db, teamId, t);
  const model: LockPage = {
    agentNo: viewer.agentNo,
    userName: viewer.userName,
    reason: words(found?.state.lockReason ?? ''),
    errors,
  };
  exchange.page('lock/show', model, status);
}
