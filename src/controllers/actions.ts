import { z } from 'zod';
import type { Action, ActionOutcome, Asker } from '../actions/action.js';
import { InvalidInput, NotFound } from '../errors.js';
import * as groups from '../models/groups.js';
import * as pauseReasons from '../models/pause-reasons.js';
import { agentOf, type Exchange, type Handler } from '../web/exchange.js';
import { idOf, parseFields, returnPath, singleLine } from '../web/forms.js';
import type { CheckInPage, PausePage } from '../web/page-models.js';
import { approve, formStatus } from './approval.js';
import { askerOf } from './asker.js';
import { bodyOf, type Fields, withoutButtons } from './call-form.js';
import { lock } from './lock.js';
import { pauseWords } from './pause-words.js';

const lockFields = z.object({ reason: singleLine(20), note: singleLine(200) });

/** POST /actions/<name>: one of the registry's commands, for the person's own agent. */
export function create(action: Action): Handler {
  return async (exchange) => {
    const { app, viewer, req } = exchange;
    const agentId = agentOf(viewer);
    const fields = withoutButtons(bodyOf(req.body));
    const { name } = action;
    const pauses = name === 'pause' || name === 'pause-group';
    try {
      if (pauses && fields.what !== undefined && fields.what !== 'pause') {
        return await lockAsWell(exchange, name, fields);
      }
      const asker = pauses ? await pauseAsker(exchange, fields) : askerOf(viewer, req);
      const outcome = await app.services.commands.run(name, agentId, asker, withoutApprover(fields));
      await answer(exchange, fields, outcome);
    } catch (error) {
      if (pauses && error instanceof InvalidInput) return pauseForm(exchange, fields, error);
      throw error;
    }
  };
}

/** 锁屏 is chosen in the pause dialog (E4): the screen alone, or both. */
async function lockAsWell(exchange: Exchange, name: string, fields: Fields): Promise<void> {
  const { app, viewer, bare, res, t } = exchange;
  if (fields.what !== 'lock' && fields.what !== 'both') throw new InvalidInput('invalid', { what: 'errors.invalid' });
  const { reason, note } = parseFields(lockFields, fields);
  const codes = viewer.teamId === null ? [] : await pauseReasons.ofTeam(app.db, viewer.teamId);
  const chosen = codes.find(({ code }) => code === reason);
  if (!chosen) throw new InvalidInput('invalid', { reason: 'actions.pause.reason-missing' });
  if (chosen.needsText && note === '') throw new InvalidInput('invalid', { note: 'errors.pause-note-missing' });
  const asker = await pauseAsker(exchange, fields);
  if (fields.what === 'both') await app.services.commands.run(name, agentOf(viewer), asker, withoutApprover(fields));
  await lock(exchange, asker, { reason, note });
  if (!bare) return exchange.seeOther('/lock');
  res.set('HX-Redirect', '/lock');
  exchange.taken({ status: 'done', text: t('actions.lock.done') }, '/lock');
}

/**
 * Domain guide 3.7: where the reason needs it, a leader of the group has typed his name and password; a screen that is only locked has the
 * same reasons.
 * @throws InvalidInput
 */
async function pauseAsker(exchange: Exchange, fields: Fields): Promise<Asker> {
  const { app, viewer, req } = exchange;
  const asker = askerOf(viewer, req);
  if (viewer.teamId === null) return asker;
  const reason = (await pauseReasons.ofTeam(app.db, viewer.teamId)).find(({ code }) => code === fields.reason);
  if (!reason?.needsApproval) return asker;
  const what = whats.find((one) => one === fields.what) ?? 'pause';
  const own = (await app.services.snapshots.ofAgent(agentOf(viewer)))?.memberships ?? [];
  const groupIds = own.map(({ groupId }) => groupId).filter((id) => !fields.groupId || id === idOf(fields.groupId));
  return { ...asker, approval: await approve(exchange, fields, groupIds, `${what} ${reason.code}`) };
}

/** A password goes no further than where it was checked. */
function withoutApprover({ approver: _name, approverPassword: _password, ...rest }: Fields): Fields {
  return rest;
}

async function answer(exchange: Exchange, fields: Fields, outcome: ActionOutcome): Promise<void> {
  const { t, taken } = exchange;
  if (outcome.status === 'ask') return ask(exchange, fields, outcome);
  const text = t(outcome.message, outcome.params);
  taken({ status: outcome.status, text }, returnPath(fields.returnTo, '/desk'));
}

const whats = ['pause', 'lock', 'both'] as const;
const questions = ['extension-in-use', 'several-phones', 'phone-missing', 'address-differs'] as const;
const choices = ['change', 'continue', 'ignore', 'cancel'] as const;

/** E2, outcomes 2 to 4: a question is no error, so it is 200; the answers post to the same command. */
async function ask(
  exchange: Exchange,
  fields: Fields,
  outcome: Extract<ActionOutcome, { status: 'ask' }>,
): Promise<void> {
  const question = questions.find((known) => known === outcome.question);
  if (!question) throw new Error(`no page for the question ${outcome.question}`);
  const model: CheckInPage = {
    question,
    params: outcome.params,
    choices: choices.filter((choice) => outcome.choices.includes(choice)),
    group: await groupOf(exchange, fields.groupId),
    values: { extension: typeof fields.extension === 'string' ? fields.extension.slice(0, 40) : '' },
    errors: {},
    returnTo: returnPath(fields.returnTo, '/desk'),
  };
  exchange.page('actions/check-in', model);
}

/** GET /actions/pause, and /actions/pause-group?groupId=: asks the reason, as a page or in a dialog. */
export async function newPause(exchange: Exchange): Promise<void> {
  agentOf(exchange.viewer);
  await pauseForm(exchange, exchange.req.query, null);
}

async function pauseForm(exchange: Exchange, fields: Fields, fault: InvalidInput | null): Promise<void> {
  const { app, viewer, t } = exchange;
  const reasons = viewer.teamId === null ? [] : await pauseReasons.ofTeam(app.db, viewer.teamId);
  const words = await pauseWords(app.db, viewer.teamId, t);
  const typed = (name: string): string => (typeof fields[name] === 'string' ? String(fields[name]).slice(0, 200) : '');
  const errors = Object.entries(fault?.fields ?? {}).map(([name, key]) => [name, t(key, fault?.params ?? {})] as const);
  const model: PausePage = {
    reasons: reasons.map(({ code, needsText, needsApproval }) => ({
      code,
      needsText,
      needsApproval,
      text: words(code),
    })),
    values: {
      reason: typed('reason'),
      note: typed('note'),
      what: whats.find((what) => what === fields.what) ?? 'pause',
      approver: typed('approver'),
    },
    errors: Object.fromEntries(
      fault && errors.length === 0 ? [['reason', t(`errors.${fault.code}`, fault.params)]] : errors,
    ),
    mayLock: true,
    group: await groupOf(exchange, fields.groupId),
    returnTo: returnPath(fields.returnTo, '/desk'),
  };
  exchange.page('actions/pause', model, fault ? formStatus(exchange, fault) : 200);
}

/** @throws NotFound for a group of another team, or one this agent is not in */
async function groupOf(exchange: Exchange, given: unknown): Promise<{ groupId: number; name: string } | null> {
  if (given === undefined || given === '') return null;
  const { app, viewer } = exchange;
  const groupId = idOf(given);
  const snapshot = groupId === null ? null : await app.services.snapshots.ofAgent(agentOf(viewer));
  if (groupId === null || !snapshot?.memberships.some((membership) => membership.groupId === groupId))
    throw new NotFound();
  const group = viewer.teamId === null ? null : await groups.byId(app.db, viewer.teamId, groupId);
  if (!group) throw new NotFound();
  return { groupId, name: group.name };
}
