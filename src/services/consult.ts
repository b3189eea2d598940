import type { ActionOutcome } from '../actions/action.js';
import { InvalidInput, NotFound, NotNow } from '../errors.js';
import * as contacts from '../models/common-contacts.js';
import * as groups from '../models/groups.js';
import { getvar } from '../telephony/commands.js';
import type { AgentEntry } from '../telephony/state.js';
import { type DialRules, dialled, dialRules, refuseForbidden, wrong } from './call-numbers.js';
import { newLegId, ring } from './call-originate.js';
import { currentView, inCall, legNow, letGo, need, places } from './call-steps.js';
import { type CallView, consulted, isHeldByPhone, isParked, isPlainTalk, roomOf } from './call-view.js';
import { entryOf } from './check-in.js';
import { contactScope, shownNumber } from './contacts.js';
import { lineOf, phoneOf } from './dial.js';
import { park, seat } from './hold.js';
import type { Station } from './station.js';

/** A colleague, a common contact, or a number. */
export interface ConsultRequest {
  agentId: number | null;
  contactId: number | null;
  number: string;
}

const consultRingMillis = 30_000;

interface Target {
  channel: string;
  /** For the agent to read: a number he may not see is its contact's name. */
  shown: string;
  agentId: number | null;
  /** Shown to the one who is called. */
  callerNumber: string;
}

/**
 * 咨询: puts the customer on hold and rings a colleague or a number into the call's room (telephony guide 1.8). In a conference nobody is
 * put on hold: whoever answers joins it. Answers when the phone begins to ring.
 * @throws InvalidInput (number), NotNow (state, target; with `consult-failed` the customer is on hold), TelephonyDown
 */
export async function consult(station: Station, agentId: number, request: ConsultRequest): Promise<ActionOutcome> {
  need(station, 'consult');
  const before = currentView(station, agentId);
  refuseConsult(before);
  const target = await targetOf(station, agentId, before, request);
  const things = [`call:${before.call.callId}`, ...(target.agentId === null ? [] : [`called:${target.agentId}`])];
  return station.sagas.holding(things, async () => {
    const view = currentView(station, agentId);
    refuseConsult(view);
    if (view.call.callId !== before.call.callId) throw new NotNow('call-changed');
    if (target.agentId !== null) refuseBusy(station, target.agentId);
    if (view.phase !== 'conference') await park(station, view);
    // A queue may have called him meanwhile: he is not called twice.
    if (target.agentId !== null) refuseBusy(station, target.agentId);
    await callIn(station, currentView(station, agentId), target);
    return { status: 'requested', message: 'actions.consult.requested', params: { number: target.shown } };
  });
}

function refuseConsult(view: CallView): void {
  if (!view.mine) throw new NotNow('unavailable.not-my-call');
  if (consulted(view) !== null) throw new NotNow('unavailable.already-consulting');
  if (view.customer === null) throw new NotNow('customer-gone');
  if (isHeldByPhone(view)) throw new NotNow('unavailable.held-by-phone');
  if (!isPlainTalk(view) && view.phase !== 'held' && view.phase !== 'conference')
    throw new NotNow('unavailable.not-talking');
}

async function callIn(station: Station, view: CallView, target: Target): Promise<void> {
  const { call, me } = view;
  const legId = newLegId(station, call, 'k');
  if (target.agentId !== null)
    station.live.local({ kind: 'leg-requested', at: station.now(), legId, agentId: target.agentId });
  const { begun } = await ring(
    station,
    {
      channel: target.channel,
      place: places.agentRoom(roomOf(call)),
      channelId: legId,
      timeoutMillis: consultRingMillis,
      callerId: { number: target.callerNumber },
      variables: { CCID: call.callId.replace(/[^0-9A-Za-z]/g, 'x') },
    },
    () => legNow(station, me) === null,
  );
  if (!begun) throw new NotNow('consult-failed', { number: target.shown });
}

/** @throws InvalidInput, NotFound, NotNow */
async function targetOf(station: Station, agentId: number, view: CallView, request: ConsultRequest): Promise<Target> {
  const agent = entryOf(station, agentId);
  const group = await groupOf(station, agent, view.call.groupId);
  if (request.agentId !== null) return colleague(station, agent, group, station.directory.agent(request.agentId));
  const rules = await dialRules(station.db, agent.teamId);
  if (request.contactId === null) {
    const number = dialled(request.number, rules.country);
    return outside(station, { agent, group, rules, view }, number, await shownNumber(station.db, agent.teamId, number));
  }
  const contact = await contacts.find(station.db, contactScope(view.call, group.groupId), request.contactId);
  if (!contact) throw new InvalidInput('contact-unknown', { contactId: 'errors.contact-unknown' });
  const shown = contact.showNumber ? contact.phone : contact.name;
  try {
    return await outside(station, { agent, group, rules, view }, contact.phone, shown);
  } catch (error) {
    // The faults of a number stand at the field it was typed into.
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput(error.code, { contactId: `errors.${error.code}` }, error.params);
  }
}

interface From {
  agent: AgentEntry;
  group: groups.Group;
  rules: DialRules;
  view: CallView;
}

/** @throws InvalidInput, NotNow: what they say of the number is what is shown of it */
async function outside(
  station: Station,
  { agent, group, rules, view }: From,
  number: string,
  shown: string,
): Promise<Target> {
  const phone = phoneOf(station, number);
  if (phone?.teamId === agent.teamId) return colleague(station, agent, group, phone);
  if (phone) throw wrong('number-forbidden', { number: shown });
  refuseForbidden(number, group, rules, shown);
  if (group.outbound === 'disabled') throw new NotNow('unavailable.outbound-disabled');
  if (number === view.call.customerNumber) throw wrong('number-customer');
  const trunk = await getvar(station.ami, 'CCTRUNK');
  if (!trunk || !/^[A-Za-z0-9_-]+$/.test(trunk)) throw new NotNow('no-trunk');
  const callerNumber = lineOf(station, group) ?? agent.extension?.number ?? '';
  return { channel: `PJSIP/${number}@${trunk}`, shown, agentId: null, callerNumber };
}

/** The group the call belongs to; of a call of a group he is not in, his own. */
async function groupOf(station: Station, agent: AgentEntry, groupId: number | null): Promise<groups.Group> {
  const own = agent.memberships.find((m) => m.groupId === groupId) ?? agent.memberships[0];
  const group = own ? await groups.byId(station.db, agent.teamId, own.groupId) : null;
  if (!group) throw new NotFound('group-unknown');
  return group;
}

function colleague(station: Station, agent: AgentEntry, group: groups.Group, other: AgentEntry | undefined): Target {
  if (!other || other.teamId !== agent.teamId) {
    throw new InvalidInput('agent-unknown', { agentId: 'errors.agent-unknown' });
  }
  if (other.agentId === agent.agentId) throw new InvalidInput('consult-self', { agentId: 'errors.consult-self' });
  if (group.consultScope === 'none') throw new NotNow('consult-scope-none');
  if (group.consultScope === 'group' && !other.memberships.some((m) => m.groupId === group.groupId))
    throw new NotNow('consult-scope-group');
  if (!other.extension) throw new NotNow('consult-target-out', { agentNo: other.agentNo });
  refuseBusy(station, other.agentId);
  return {
    channel: other.extension.interface,
    shown: other.agentNo,
    agentId: other.agentId,
    callerNumber: agent.extension?.number ?? '',
  };
}

/** Only who is idle may be consulted (codes 25 and 56 of domain guide 4.1). */
function refuseBusy(station: Station, agentId: number): void {
  const { shown } = station.live.state(agentId);
  const { agentNo } = entryOf(station, agentId);
  if (shown === 'signed-out') throw new NotNow('consult-target-out', { agentNo });
  if (shown !== 'idle') throw new NotNow('consult-target-busy', { agentNo });
}

/**
 * 接回: ends the consultation, ringing or talking, and goes back to what was before: the customer, or the conference. Also after a
 * consultation that nobody answered.
 * @throws NotNow, TelephonyDown
 */
export async function retrieve(station: Station, agentId: number): Promise<ActionOutcome> {
  need(station, 'consult');
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    if (!view.mine) throw new NotNow('unavailable.not-my-call');
    const leg = consulted(view);
    const parked = view.customer !== null && isParked(view.customer);
    if (leg === null && !parked) throw new NotNow('unavailable.not-consulting');
    if (leg !== null) await letGo(station, leg);
    // The customer may have gone meanwhile, and the agent with him.
    const after = currentView(station, agentId);
    if (after.customer !== null && isParked(after.customer)) {
      await seat(station, after.customer, after.me, roomOf(after.call));
    }
    return { status: 'done', message: 'actions.retrieve.done', params: {} };
  });
}
