import type { Action, AgentSnapshot } from '../actions/action.js';
import { keysOfActions } from '../actions/shortcuts.js';
import type * as agents from '../models/agents.js';
import * as dialTargets from '../models/dial-targets.js';
import * as dids from '../models/dids.js';
import { agentSettingsTopic } from '../services/agent-settings.js';
import { shownNumber, shownNumbers } from '../services/contacts.js';
import type { LinkView } from '../services/index.js';
import { voicemailTopic } from '../services/voicemails.js';
import type { Call } from '../telephony/state.js';
import type { AppContext } from '../web/app-context.js';
import type { CallFragment, PartyCell, StatusFragment, ToolButton, Translate } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';
import { markedName } from './dial-marks.js';
import { agentTopic, newsTopics } from './live.js';
import { pauseWords } from './pause-words.js';
import { toolButtons } from './tool-pages.js';

/** Parties that fit into the corner window; of more, the first ones left long ago. */
const mostParties = 6;

/** What the function bar and the corner window change with. */
export function statusTopics(viewer: Viewer): string[] {
  const own =
    viewer.agentId === null
      ? []
      : [agentTopic(viewer.agentId), agentSettingsTopic(viewer.agentId), voicemailTopic(viewer.agentId)];
  return [...own, 'link', ...newsTopics(viewer)];
}

/** Model of `desk/_status`: state, phone and buttons of this person. @param known his snapshot, where the page has read it already */
export async function statusOf(
  app: AppContext,
  viewer: Viewer,
  t: Translate,
  known?: AgentSnapshot | null,
): Promise<StatusFragment> {
  const version = String(app.hub.version(statusTopics(viewer)));
  const [link, snapshot] = await Promise.all([app.services.link(), known ?? snapshotOf(app, viewer)]);
  const { shortcutsOn, shortcuts } = viewer.preferences;
  const keys = keysOfActions(shortcutsOn, shortcuts);
  const tools = await toolButtons(app, viewer, keys);
  return {
    version,
    link: link.state === 'up' ? 'up' : 'down',
    linkSince: link.since,
    teamName: viewer.teamName,
    agent: snapshot ? await agentPart(app, viewer, t, snapshot) : null,
    buttons: [...(snapshot ? buttonsOf(app, viewer, snapshot, link, keys) : []), ...tools],
    keys: { call: keys.get('go-to-call') ?? '', help: keys.get('go-to-help') ?? '' },
  };
}

/** The agent's snapshot from the database; null for accounts that are no agent. */
export async function snapshotOf(app: AppContext, viewer: Viewer): Promise<AgentSnapshot | null> {
  return viewer.agentId === null ? null : app.services.snapshots.ofAgent(viewer.agentId);
}

async function agentPart(
  { db, voicemails }: AppContext,
  viewer: Viewer,
  t: Translate,
  { state, memberships, extension, agentNo }: AgentSnapshot,
): Promise<NonNullable<StatusFragment['agent']>> {
  const checkedIn = memberships.filter((membership) => membership.checkedIn);
  const words = state.shown === 'paused' ? await pauseWords(db, viewer.teamId, t) : null;
  const reason = state.pauseReason || (checkedIn.find(({ paused }) => paused)?.pauseReason ?? '');
  const sum = (count: (membership: (typeof memberships)[number]) => number): number =>
    memberships.reduce((total, membership) => total + count(membership), 0);
  return {
    agentNo,
    shown: state.shown,
    since: state.since,
    pauseReason: words ? state.pauseNote || words(reason) : '',
    wrapUpUntil: state.wrapUpUntil,
    groupsCheckedIn: checkedIn.length,
    groupsTotal: memberships.length,
    groupName: checkedIn.length === 1 ? (checkedIn[0]?.groupName ?? '') : '',
    answered: sum(({ answered }) => answered),
    dialled: sum(({ dialled }) => dialled),
    phone: {
      state: state.phone,
      number: extension?.number ?? '',
      rttMillis: state.phoneRttMicros === null ? null : Math.round(state.phoneRttMicros / 1000),
      ignored: state.phoneIgnored,
      voicemail: viewer.permissions.has('voicemails.own') ? await voicemails.count(state.agentId) : 0,
    },
  };
}

/** The bar: the registry in its order, what is shown now, lit or with the reason why not. */
function buttonsOf(
  app: AppContext,
  viewer: Viewer,
  snapshot: AgentSnapshot,
  link: LinkView,
  keys: ReadonlyMap<string, string>,
): ToolButton[] {
  // The snapshot may be a moment older than the lease row.
  const now: AgentSnapshot = { ...snapshot, link: link.state === 'up' ? 'up' : 'down' };
  const shown = app.services.actions.all.filter(
    (action) => action.place !== 'none' && viewer.permissions.has(action.permission) && action.isShown(now),
  );
  return [...shown.map((action) => buttonOf(action, now, keys.get(action.name) ?? ''))];
}

function buttonOf(action: Action, snapshot: AgentSnapshot, shortcut: string): ToolButton {
  const reason = action.unavailable(snapshot);
  return {
    name: action.name,
    place: action.place === 'none' ? 'tools' : action.place,
    method: action.asks ? 'get' : 'post',
    url: pageOf(action),
    lit: reason === null,
    reasonKey: reason === null ? null : `actions.unavailable.${reason}`,
    shortcut,
    ...(action.about && { about: action.about(snapshot) }),
  };
}

/** The group panel is a page of its own; every other button has its own address. */
function pageOf({ name }: Action): string {
  return name === 'groups' ? '/groups' : `/actions/${name}`;
}

/** Model of `desk/_call`, the corner window. */
export async function callOf(app: AppContext, viewer: Viewer, known?: AgentSnapshot | null): Promise<CallFragment> {
  const version = String(app.hub.version(statusTopics(viewer)));
  const snapshot = known ?? (await snapshotOf(app, viewer));
  const call = snapshot?.call;
  const { ringMuted: muted, ringVolume: volume, notify } = viewer.preferences;
  const ring = { muted, volume, notify };
  if (!snapshot || !call || viewer.teamId === null) return { version, ring, call: null };
  const { teamId } = viewer;
  // What was last heard is no more than that: the window keeps the number, and says that nobody knows.
  const unknown = snapshot.link === 'down';
  const legs = call.legs.slice(-mostParties);
  const [names, shown, customerNumber, did] = await Promise.all([
    namesOf(app, teamId, legs),
    shownNumbers(app.db, teamId, legs),
    shownNumber(app.db, teamId, call.customerNumber),
    call.did === '' ? null : dids.byNumber(app.db, teamId, call.did),
  ]);
  const parties = legs.map((leg) => partyOf({ ...leg, number: shown(leg) }, names));
  const group = snapshot.memberships.find(({ groupId }) => groupId === call.groupId);
  return {
    version,
    ring,
    call: {
      callId: call.callId,
      direction: call.direction,
      phase: unknown ? 'unknown' : call.phase,
      since: snapshot.state.since,
      customerNumber,
      did: call.did,
      didName: did?.name ?? '',
      groupName: group?.groupName ?? '',
      purpose: await purposeOf(app, teamId, call),
      parties: parties.map((party) => (unknown && party.state !== 'gone' ? { ...party, state: 'unknown' } : party)),
    },
  };
}

/** What a call was dialled for, with its mark; '' = nothing in particular. */
export async function purposeOf(
  { db }: AppContext,
  teamId: number,
  { attribution }: Pick<Call, 'attribution'>,
): Promise<string> {
  const target = attribution ? await dialTargets.find(db, teamId, attribution) : null;
  return target ? markedName(target) : '';
}

type Leg = NonNullable<AgentSnapshot['call']>['legs'][number];

/** The agents among the parties. */
export function namesOf(app: AppContext, teamId: number, legs: readonly Leg[]): Promise<Map<number, agents.Agent>> {
  const ids = new Set(legs.flatMap(({ agentId }) => (agentId === null ? [] : [agentId])));
  return app.agentNames.of(teamId, [...ids]);
}

/** A party's cell (E8). @param names agents of the call by id; a party who is none of them keeps the number it has */
export function partyOf(leg: Leg, names: ReadonlyMap<number, agents.Agent>): PartyCell {
  const agent = leg.agentId === null ? undefined : names.get(leg.agentId);
  return {
    role: leg.role,
    state: leg.state,
    number: agent?.agentNo ?? leg.number,
    name: agent?.surname ?? '',
    since: leg.endedAt ?? leg.answeredAt ?? leg.ringingAt ?? leg.startedAt,
  };
}
