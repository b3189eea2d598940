import { z } from 'zod';
import type { Action, AgentSnapshot } from '../actions/action.js';
import { isTalking, supervised } from '../actions/supervision.js';
import { Forbidden, InvalidInput, NotFound } from '../errors.js';
import * as agents from '../models/agents.js';
import * as pauseReasons from '../models/pause-reasons.js';
import * as supervisions from '../models/supervisions.js';
import { shownNumber } from '../services/contacts.js';
import { supervisionTopic } from '../services/supervisions.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange, Handler } from '../web/exchange.js';
import { idOf, returnPath } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { SupervisePage, SupervisionFragment } from '../web/page-models.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { askerOf } from './asker.js';
import { type Fields, withoutButtons } from './call-form.js';
import { ownFragment } from './desk.js';
import { pauseWords } from './pause-words.js';

/** An agent this person may act on, and the group he looks at him in. */
interface Target {
  snapshot: AgentSnapshot;
  groupId: number;
}

const posted = z.record(z.string(), z.unknown()).catch({});

/** GET /monitor/agents/:agentId?group=&do_<command>=: asks for a reason, a phone, or only whether it is meant. */
export async function show(exchange: Exchange): Promise<void> {
  const { req } = exchange;
  const { query } = req;
  const target = await targetOf(exchange, req.params.agentId, query.group);
  await showForm(exchange, target, commandOf(query), query, null);
}

/** POST /actions/<command> {agentId, groupId}: as the leader of that agent. */
export function create(action: Action): Handler {
  return async (exchange) => {
    const { app, viewer, req } = exchange;
    const { agentId: wanted, groupId: group, ...fields } = posted.parse(req.body);
    const target = await targetOf(exchange, wanted, group);
    const { groupId, snapshot } = target;
    const { returnTo: _place, ...own } = fields;
    try {
      const sent = { ...withoutButtons(own), groupId };
      const outcome = await app.services.commands.run(action.name, snapshot.agentId, askerOf(viewer, req), sent);
      if (outcome.status === 'ask') throw new Error(`${action.name} asks nothing`);
      const { status, message, params } = outcome;
      exchange.taken({ status, text: exchange.t(message, params) }, returnPath(fields.returnTo, '/monitor'));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      await showForm(exchange, target, action.name, fields, error);
    }
  };
}

/**
 * A leader acts on members of the groups he leads, an administrator on his team's.
 * @throws NotFound for everybody else's agents, Forbidden for people without a team
 */
async function targetOf({ app, viewer }: Exchange, agent: unknown, group: unknown): Promise<Target> {
  const { teamId, monitoredGroupIds } = viewer;
  if (teamId === null) throw new Forbidden('no-team');
  const agentId = idOf(agent);
  const snapshot = agentId === null ? null : await app.services.snapshots.ofAgent(agentId);
  if (snapshot?.teamId !== teamId) throw new NotFound('agent-unknown');
  const mine = snapshot.memberships.filter((membership) => monitoredGroupIds.includes(membership.groupId));
  const chosen = group === undefined || group === '' ? (mine.find((m) => m.checkedIn) ?? mine[0]) : undefined;
  const found = chosen ?? mine.find((membership) => membership.groupId === idOf(group));
  if (!found) throw new NotFound('agent-unknown');
  return { snapshot, groupId: found.groupId };
}

/** The name of the pressed button; several commands share a row's form. */
function commandOf(query: Fields): string | null {
  const pressed = Object.keys(query).find((name) => name.startsWith('do_'));
  return pressed ? pressed.slice(3).replaceAll('_', '-') : null;
}

const withPhone: readonly string[] = supervisions.superviseModes;

async function showForm(
  exchange: Exchange,
  { snapshot, groupId }: Target,
  wanted: string | null,
  fields: Fields,
  fault: InvalidInput | null,
): Promise<void> {
  const { app, viewer, t } = exchange;
  // Judged as the row is: in the group the leader looks at.
  const inGroup = { ...snapshot, memberships: snapshot.memberships.filter((m) => m.groupId === groupId) };
  const lit = supervised.filter(({ unavailable }) => unavailable(inGroup) === null).map(({ name }) => name);
  const command = supervised.find(({ name }) => name === (wanted ?? lit[0] ?? 'force-check-out'));
  if (!command) throw new NotFound('action-unknown');
  const { name } = command;
  const reason = command.unavailable(inGroup);
  const typed = (field: string): string =>
    typeof fields[field] === 'string' ? String(fields[field]).slice(0, 200) : '';
  const { agentId, agentNo, name: surname, state, call } = snapshot;
  const model: SupervisePage = {
    agent: {
      ...{ agentId, agentNo, surname, shown: state.shown, since: state.since },
      customerNumber: isTalking(snapshot) ? await shownNumber(app.db, snapshot.teamId, call?.customerNumber ?? '') : '',
    },
    groupId,
    command: {
      name,
      asks: name === 'force-pause' ? 'reason' : withPhone.includes(name) ? 'phone' : 'nothing',
      lit: reason === null,
      reasonKey: reason === null ? null : `actions.unavailable.${reason}`,
      about: app.services.actions.byName(name)?.about?.(snapshot) ?? '',
    },
    others: lit.filter((one) => one !== name),
    reasons: name === 'force-pause' ? await reasonsOf(exchange) : [],
    values: {
      reason: typed('reason'),
      note: typed('note'),
      phone: 'phone' in fields ? typed('phone') : await ownPhone(app, viewer),
    },
    errors: Object.fromEntries(
      Object.entries(fault?.fields ?? {}).map(([field, key]) => [field, t(key, fault?.params ?? {})]),
    ),
    returnTo: returnPath(fields.returnTo, '/monitor'),
  };
  exchange.page('actions/supervise', model, fault ? 422 : 200);
}

async function reasonsOf({ app, viewer, t }: Exchange): Promise<SupervisePage['reasons']> {
  const reasons = viewer.teamId === null ? [] : await pauseReasons.ofTeam(app.db, viewer.teamId);
  const words = await pauseWords(app.db, viewer.teamId, t);
  return reasons.map(({ code, needsText }) => ({ code, needsText, text: words(code) }));
}

async function ownPhone(app: AppContext, { agentId }: Viewer): Promise<string> {
  const own = agentId === null ? null : await app.services.snapshots.ofAgent(agentId);
  return own?.extension?.number ?? '';
}

/** GET /monitor/supervision */
export function fragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  const topics = [supervisionTopic(viewer.accountId)];
  return ownFragment(app, signedIn, 'supervision', 'monitor/_supervision', topics, () => supervisionOf(app, viewer));
}

/** That nobody picked up is shown so long; whoever looks later has seen it. */
const missedMillis = 60_000;

/** To whom this person listens now: the panel above the groups. */
export async function supervisionOf(app: AppContext, { accountId, teamId }: Viewer): Promise<SupervisionFragment> {
  const version = String(app.hub.version([supervisionTopic(accountId)]));
  const one = teamId === null ? null : await supervisions.newestOf(app.db, accountId);
  const over = one?.endedAt ?? null;
  const gone = one === null || (over !== null && (one.beganAt !== null || app.services.now() - over > missedMillis));
  if (gone || teamId === null) return { version, supervision: null };
  if (over !== null) app.hub.announceLater(supervisionTopic(accountId), over + missedMillis + 1 - app.services.now());
  const { agentId, mode, wanted, phone, legId, callId, beganAt, askedAt, endedAt } = one;
  const agent = await agents.byId(app.db, teamId, agentId);
  const state = endedAt !== null ? 'missed' : beganAt === null ? 'calling' : 'on';
  const others = ['listen', 'whisper', 'barge-in', 'take-over'].filter((name) => name !== mode);
  const changes = state === 'on' && mode !== 'take-over' ? others : [];
  return {
    version,
    supervision: {
      ...{ agentId, phone, legId, callId, state },
      agentNo: agent?.agentNo ?? '',
      surname: agent?.surname ?? '',
      mode: state === 'calling' ? wanted : mode,
      since: endedAt ?? beganAt ?? askedAt,
      commands: state === 'missed' ? [] : [...changes, 'stop-listening'],
    },
  };
}
