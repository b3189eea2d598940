import type { AgentSnapshot } from '../actions/action.js';
import { dial } from '../actions/dial.js';
import { InvalidInput, NotFound } from '../errors.js';
import * as callHistory from '../models/call-history.js';
import * as dialTargets from '../models/dial-targets.js';
import { shownNumber } from '../services/contacts.js';
import { hiddenNames } from '../services/hidden-numbers.js';
import type { AppContext } from '../web/app-context.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import { idOf, returnPath } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { DialPage, DialStep, RecentNumber } from '../web/page-models.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { askerOf } from './asker.js';
import { answerOutcome, bodyOf, type Fields, typed, wordErrors } from './call-form.js';
import { ownFragment } from './desk.js';
import { snapshotOf, statusTopics } from './desk-status.js';
import { markedName } from './dial-marks.js';

/** Numbers a list of the dial page shows. */
const listed = 10;
/** A dial that ended this long ago says nothing any more. */
const stepMillis = 300_000;
/** Longest call anybody is shown here: bounds the look into the past. */
const shiftMillis = 12 * 3_600_000;

/** GET /actions/dial?groupId=&number=: the dial page (E6), as a page or in a dialog. */
export async function newDial(exchange: Exchange): Promise<void> {
  await form(exchange, exchange.req.query, null);
}

/** POST /actions/dial: dials what was typed, or a number of the lists; or only shows the form again: with a digit more by a key of the pad, for another group. */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const agentId = agentOf(viewer);
  const sent = bodyOf(req.body);
  const fields: Fields = { ...sent, ...listedNumber(sent) };
  const pressed = padded(fields);
  if (pressed !== null) return form(exchange, { ...fields, number: pressed }, null);
  if (fields.do_group !== undefined) return form(exchange, fields, null);
  const { number, groupId, target } = fields;
  try {
    const outcome = await app.services.commands.run('dial', agentId, askerOf(viewer, req), { number, groupId, target });
    answerOutcome(exchange, fields, outcome, '/actions/dial');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await form(exchange, fields, error);
  }
}

/** The lists stand in the same form, so that what was chosen there goes along: their buttons carry the number in their names. */
function listedNumber(fields: Fields): { number?: string } {
  const pressed = Object.keys(fields).find((name) => name.startsWith(listButton));
  return pressed === undefined ? {} : { number: pressed.slice(listButton.length) };
}

const listButton = 'do_call_';

/** The number after a key of the pad; null when none was pressed. */
function padded(fields: Fields): string | null {
  const number = typed(fields, 'number', 500);
  if (fields.do_back !== undefined) return number.slice(0, -1);
  if (fields.do_clear !== undefined) return '';
  const key = keys.find(({ name }) => fields[name] !== undefined);
  return key === undefined ? null : `${number}${key.text}`;
}

const keys = [...'123456789*0#'].map((text) => ({
  text,
  name: `do_key_${{ '*': 'star', '#': 'hash' }[text] ?? text}`,
}));

/** GET /desk/fragments/dial: how far the last dial came. */
export function stepFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  return ownFragment(app, signedIn, 'dial', 'actions/_dial-step', statusTopics(viewer), () => stepOf(app, viewer));
}

async function stepOf(app: AppContext, viewer: Viewer): Promise<DialStep> {
  const version = String(app.hub.version(statusTopics(viewer)));
  const { agentId } = viewer;
  const now = app.services.now();
  const when = { since: now - shiftMillis, endedSince: now - stepMillis };
  const last = agentId === null ? null : await callHistory.lastDialled(app.db, agentId, when);
  if (last === null) return { version, last: null };
  const known = last.result ?? (last.phase.startsWith('dialling') ? last.phase : 'talking');
  const number = viewer.teamId === null ? '' : await shownNumber(app.db, viewer.teamId, last.number);
  return { version, last: { number, step: known, since: last.endedAt ?? last.startedAt } };
}

async function form(exchange: Exchange, fields: Fields, fault: InvalidInput | null): Promise<void> {
  const { app, viewer, t } = exchange;
  agentOf(viewer);
  const snapshot = await snapshotOf(app, viewer);
  if (!snapshot) throw new NotFound();
  const groups = dialling(snapshot);
  const group = chosen(groups, fields.groupId);
  const history = group === null ? null : { teamId: snapshot.teamId, groupId: group.groupId };
  const [targets, recentOut, recentIn, step] = await Promise.all([
    history ? dialTargets.ofGroup(app.db, history) : [],
    history ? callHistory.recent(app.db, history, 'out', listed) : [],
    history ? callHistory.recent(app.db, history, 'in', listed) : [],
    stepOf(app, viewer),
  ]);
  const reason = dial.unavailable(snapshot);
  const model: DialPage = {
    groups: groups.map(({ groupId, groupName }) => ({ value: String(groupId), text: groupName })),
    outbound: group?.outbound ?? 'unrestricted',
    reasonKey: reason === null ? null : `actions.unavailable.${reason}`,
    keys,
    targets: targets.map((target) => ({ value: `${target.kind}:${target.id}`, text: markedName(target) })),
    recentOut: await seen(app, snapshot.teamId, recentOut),
    recentIn: await seen(app, snapshot.teamId, recentIn),
    step,
    values: {
      groupId: group === null ? '' : String(group.groupId),
      number: typed(fields, 'number', 100),
      target: typed(fields, 'target', 40),
    },
    errors: wordErrors(fault, t, 'number', ['number', 'groupId', 'target']),
    returnTo: returnPath(fields.returnTo, '/actions/dial'),
  };
  exchange.page('actions/dial', model, fault ? 422 : 200);
}

/** A contact whose number he may not see is dialled by its name, from the consult page, not from here. */
async function seen(
  { db }: AppContext,
  teamId: number,
  recent: readonly callHistory.Contact[],
): Promise<RecentNumber[]> {
  const names = await hiddenNames(
    db,
    teamId,
    recent.map(({ number }) => number),
  );
  return recent.map(({ number, at }) => ({ at, number: names.get(number) ?? number, hidden: names.has(number) }));
}

/** Groups that may be dialled from: checked in, and not for incoming calls only. */
function dialling({ memberships }: AgentSnapshot): AgentSnapshot['memberships'] {
  return memberships.filter((membership) => membership.checkedIn && membership.workMode !== 'dialin');
}

function chosen(groups: AgentSnapshot['memberships'], asked: unknown): AgentSnapshot['memberships'][number] | null {
  const groupId = idOf(asked);
  return (
    groups.find((group) => group.groupId === groupId) ??
    groups.find(({ defaultOutbound }) => defaultOutbound) ??
    groups[0] ??
    null
  );
}
