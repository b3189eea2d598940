import type {
  CallPhase,
  IntervalKind,
  LegRole,
  LegState,
  PhoneState,
  ShownState,
  WorkMode,
  WrapUpMode,
} from '../telephony/state.js';
import type { Format } from './format.js';
import type { RecordingView } from './pages/recordings.js';
import type { DueFragment } from './pages/reminders.js';

/**
 * What every view gets. One interface a view; the comment above it names the view and the URL.
 * Controllers build these, `test/unit/views` renders every view with fixtures of the same types.
 *
 * Texts: a field called `…Key` or a `code` is looked up by the view (`t(...)`); a field called `text`, `name`, `title` is shown as it is.
 * Times are epoch milliseconds; the view shows server-computed values and desk.js lets them tick.
 */

export type Language = 'zh-CN' | 'en';
export type Theme = 'system' | 'light' | 'dark';

/** `t('calls.index.title', { n: 3 })`; a missing key throws outside production. */
export type Translate = (key: string, params?: Readonly<Record<string, string | number>>) => string;

/** A line shown once on top of the next page (after a 303), or as a toast. */
export interface Message {
  kind: 'done' | 'requested' | 'warning' | 'error';
  text: string;
}

/** Locals of EVERY view. `makeViewLocals` in web/format.ts is not enough: csrf, bare and messages come from the request. */
export interface PageLocals {
  lang: Language;
  theme: Theme;
  t: Translate;
  /** Prefixes the mount path, if any. */
  url: (path: string) => string;
  /** `asset('css/base.css')` → address with a fingerprint. */
  asset: (path: string) => string;
  csrf: string;
  /** true = answer to X-Requested-With or HX-Request: the same view without <html>, menus and so on. */
  bare: boolean;
  now: number;
  fmt: Format;
  messages: Message[];
  /** A desk stands around this page (signed in with a menu), so "back to the desk" makes sense. */
  hasDesk: boolean;
  /** Where a half-written form of this page belongs (shared/_draft); opened = by its address, not shown again after a POST. */
  here?: { page: string; opened: boolean; seal: string } | null | undefined;
}

/** Field errors: form field name → text in the person's language. The summary on top links to `#f_<field>`. */
export type FormErrors = Readonly<Record<string, string>>;

export interface Option {
  value: string;
  text: string;
}

// ------------------------------------------------------------------------------------------------ sign-in

/** `sign-in/new` · GET /sign-in, and POST /sign-in with 401/422/429. POST fields: language team userName password next, do_sign_in | do_take_over; language links are GET /sign-in?language=en */
export interface SignInPage {
  languages: Array<{ value: Language; text: string }>;
  /** Teams to choose from, value = identity, '' = system administration. Empty when `fixedTeam` is given or team is typed. */
  teams: Option[];
  fixedTeam: Option | null;
  values: { team: string; userName: string; next: string };
  /** Whole-form error, already worded ('' = none), e.g. t('errors.sign-in-throttled'). */
  error: string;
  errors: FormErrors;
  /** Another session of this account is open (A10): the page asks to take over. */
  elsewhere: { address: string; since: number } | null;
  demoAccounts: Array<{
    team: string;
    teamName: string;
    userName: string;
    password: string;
    roleKey: string;
    agentNo: string;
  }>;
}

// ------------------------------------------------------------------------------------------------ desk

/** label of a menu: t(`menu.<name>.title`); of an item: t(`menu.<name>.<item>`). `url` is the page opened as a tab. */
export interface MenuGroup {
  name: string;
  items: Array<{ name: string; url: string }>;
}

/** A button of the function bar. label: t(`actions.<name>.label`), while pressed t(`actions.<name>.pending`). */
export interface ToolButton {
  name: string;
  place: 'availability' | 'call' | 'tools';
  /** post: a command; get: opens a page or dialog first (`Action.asks`, or a page such as /groups). */
  method: 'post' | 'get';
  url: string;
  lit: boolean;
  /** What a press of it means (`Action.about`); goes with the form. */
  about?: string;
  /** Locale key of why it is unlit; null when lit. */
  reasonKey: string | null;
  /** 'Alt+2' or ''. */
  shortcut: string;
  /** How many new things wait behind it; stands beside its label. */
  news?: number;
  /** Opens its page as a tab; without it a page that asks opens as a dialog. */
  tab?: true;
}

/** Fragment `desk/_status` · GET /desk/fragments/status (ETag = version). In the page `desk/show` and in the frame `desk/bar`. */
export interface StatusFragment {
  version: string;
  link: 'up' | 'down';
  linkSince: number;
  /** Display name of the team (≤ 15 characters). */
  teamName: string;
  /** null: an account that is no agent (administrators): no state, no phone. */
  agent: {
    agentNo: string;
    shown: ShownState;
    since: number;
    /** Worded reason of a pause, '' when none. */
    pauseReason: string;
    /** Wrap-up ends by itself at this time; null = no maximum. */
    wrapUpUntil: number | null;
    groupsCheckedIn: number;
    groupsTotal: number;
    /** Name of the one group, when exactly one is checked in; else ''. */
    groupName: string;
    answered: number;
    dialled: number;
    /** `voicemail`: new messages in the own mailbox. */
    phone: { state: PhoneState; number: string; rttMillis: number | null; ignored: boolean; voicemail?: number };
  } | null;
  buttons: ToolButton[];
  /** Keys of what is no button: to the call, to the help; '' = none. */
  keys: { call: string; help: string };
}

/** One party of the call (E8). */
export interface PartyCell {
  role: LegRole;
  /** unknown: the link to the PBX is lost. */
  state: LegState | 'unknown';
  number: string;
  /** Agent's or contact's name, '' when unknown. */
  name: string;
  since: number;
}

/** Fragment `desk/_call` (the corner window) · GET /desk/fragments/call */
export interface CallFragment {
  version: string;
  /** How it rings for this person. */
  ring: { muted: boolean; volume: number; notify: boolean };
  call: {
    callId: string;
    direction: 'in' | 'out' | 'internal';
    /** unknown: the link to the PBX is lost, what was last known of the call is shown as such. */
    phase: CallPhase | 'unknown';
    /** Since when the phase is what it is. */
    since: number;
    customerNumber: string;
    /** The number they called (DID), with its name if it has one. */
    did: string;
    didName: string;
    groupName: string;
    /** What it was dialled for, with its mark; '' = nothing in particular. */
    purpose: string;
    parties: PartyCell[];
  } | null;
}

/** title: `titleKey` when set (pages of the menu), else `title`. */
export interface DeskTab {
  url: string;
  title: string;
  titleKey: string;
  closable: boolean;
  current: boolean;
  /** Another page of the tab, in which something is half-written: the tab opens there. */
  at?: string | undefined;
}

/** Fragment `desk/_tabs` · GET /desk/fragments/tabs. POST /desk/tabs {url, title, titleKey} (opens or chooses), /desk/tabs/close {url}, /desk/tabs/close-all */
export interface TabsFragment {
  tabs: DeskTab[];
}

/** `desk/show` · GET /desk, and GET /desk?open=<page url> which adds (or chooses) that tab: the way of browsers without scripts. */
export interface DeskPage {
  menu: MenuGroup[];
  /** Agent number, '' for administrators. */
  agentNo: string;
  userName: string;
  status: StatusFragment;
  call: CallFragment;
  tabs: DeskTab[];
  /** SSE address; names of its events: agent, tabs, link, session, group-<id>. */
  liveUrl: string;
  /** Where the locked screen is, when the session is locked now; else ''. */
  lockUrl: string;
  /** Reminders that have come. */
  due: DueFragment;
}

/** `desk/bar` · GET /desk/bar: the function bar as a page of its own with a refresh of 3 s, for browsers without scripts. */
export interface BarPage {
  status: StatusFragment;
  call: CallFragment;
}

/** `lock/show` · GET /lock (every other route of a locked session goes here), POST /unlock {password, do_unlock} */
export interface LockPage {
  agentNo: string;
  userName: string;
  reason: string;
  errors: FormErrors;
}

/** `lock/state` · GET /lock/state: the frame of the locked page, refreshed every few seconds; null = locked no more. */
export interface LockStatePage {
  agent: { shown: ShownState; since: number; customerNumber: string } | null;
}

// ------------------------------------------------------------------------------------------------ actions

/**
 * `actions/pause` · GET /actions/pause, POST /actions/pause {reason, note, groupId?, what, approver, approverPassword, returnTo, do_pause}.
 * `what` (pause | lock | both) is only asked when `mayLock`. With a group: pauses only that group.
 */
export interface PausePage {
  reasons: Array<{ code: string; text: string; needsText: boolean; needsApproval: boolean }>;
  /** `approver`: user name of the leader who types his password beside it, where a reason needs that. */
  values: { reason: string; note: string; what: 'pause' | 'lock' | 'both'; approver: string };
  errors: FormErrors;
  mayLock: boolean;
  group: { groupId: number; name: string } | null;
  returnTo: string;
}

/**
 * `actions/check-in` · answer to POST /actions/check-in when something must be asked (E2, outcomes 2 to 4): 200, it is no error.
 * Each choice posts to the same address again with groupId, returnTo and its field: change → extension, continue → acceptAddress=1,
 * ignore → ignorePhone=1. cancel is a link to `returnTo`.
 */
export interface CheckInPage {
  question: 'extension-in-use' | 'several-phones' | 'phone-missing' | 'address-differs';
  /** Of the question: agentNo, extension, extensions, phoneAddress, address. */
  params: Readonly<Record<string, string | number>>;
  choices: Array<'change' | 'continue' | 'ignore' | 'cancel'>;
  /** null = all groups. */
  group: { groupId: number; name: string } | null;
  values: { extension: string };
  errors: FormErrors;
  returnTo: string;
}

/** `actions/outcome` · answer to a bare (scripted) POST that succeeded; without script 303 + message. Outcome 1 of E2 comes this way. */
export interface OutcomePage {
  status: 'done' | 'requested';
  text: string;
}

/** Fragment `actions/_dial-step` · GET /desk/fragments/dial. step: a key of actions.dial.step. null: nothing dialled lately. */
export interface DialStep {
  version: string;
  last: { number: string; step: string; since: number } | null;
}

/**
 * `actions/dial` · GET /actions/dial?groupId=&number=, POST /actions/dial {groupId, number, returnTo, do_dial}. A key of the pad posts the
 * same form with its own name instead of do_dial, and gets the form with the digit added.
 */
export interface DialPage {
  /** Those that may dial. */
  groups: Option[];
  /** Rule of the chosen group. */
  outbound: 'unrestricted' | 'restricted' | 'disabled';
  /** Why nothing can be dialled now; null = may. */
  reasonKey: string | null;
  keys: Array<{ text: string; name: string }>;
  /** What the call may be for, of the chosen group; text with its mark: » virtual user, « campaign, <> application. */
  targets: Option[];
  /** Of the chosen group, newest first. */
  recentOut: RecentNumber[];
  recentIn: RecentNumber[];
  step: DialStep;
  values: { groupId: string; number: string; target: string };
  errors: FormErrors;
  returnTo: string;
}

/** `actions/consult` · GET /actions/consult?groupId=, POST /actions/consult {agentId | contactId | number, returnTo} */
export interface RecentNumber {
  /** The name of a contact whose number he may not see. */
  number: string;
  at: number;
  /** It may be neither seen nor dialled from here. */
  hidden: boolean;
}

export interface ConsultPage {
  /** Whose agents may be consulted; none when the group forbids it. */
  groups: Option[];
  /** Idle agents of the chosen group. */
  agents: Array<{ agentId: number; agentNo: string; surname: string }>;
  /** 常用联系人; phone null: he may dial it and not see it. */
  contacts: Array<{ contactId: number; name: string; phone: string | null; note: string }>;
  inConference: boolean;
  /** The call it is for; a later one is not consulted about (`Action.about`). */
  about: string;
  reasonKey: string | null;
  values: { groupId: string; number: string };
  errors: FormErrors;
  returnTo: string;
}

/** Fragment `actions/_call-state` · GET /desk/fragments/call-state. POST /actions/hang-up-leg {callId, legId}, /actions/hang-up-all */
export interface CallStateFragment {
  version: string;
  call: {
    callId: string;
    /** Why not everybody can be hung up; null = can. */
    allReasonKey: string | null;
    parties: Array<PartyCell & { legId: string; mayHangUp: boolean }>;
  } | null;
}
/** `actions/call-state` · GET /actions/call-state */
export interface CallStatePage {
  state: CallStateFragment;
}

// ------------------------------------------------------------------------------------------------ groups

/**
 * Fragment `groups/_groups` in `groups/index` · GET /groups, GET /groups/fragments/groups.
 * Posts to /actions/: check-in-group check-out-group unpause-group {groupId}, set-work-mode set-wrap-up-mode {groupId, mode}; gets
 * /actions/pause-group?groupId=&returnTo=; posts to
 * /groups/default-outbound {groupId}; always with returnTo.
 */
export interface GroupPanel {
  version: string;
  extension: string;
  rows: Array<{
    groupId: number;
    name: string;
    checkedIn: boolean;
    checkedInAt: number | null;
    paused: boolean;
    pauseReason: string;
    static: boolean;
    offline: boolean;
    leader: boolean;
    workMode: WorkMode;
    workModeFixed: boolean;
    wrapUpMode: WrapUpMode;
    wrapUpModeFixed: boolean;
    defaultOutbound: boolean;
    /** Locale keys of why not; null = may. */
    checkInReasonKey: string | null;
    checkOutReasonKey: string | null;
    pauseReasonKey: string | null;
  }>;
  returnTo: string;
}
export interface GroupsPage {
  panel: GroupPanel;
}

// ------------------------------------------------------------------------------------------------ monitor

export interface MonitorRow {
  agentId: number;
  agentNo: string;
  /** Family name of the account: 2018(时). */
  surname: string;
  shown: ShownState;
  pauseReason: string;
  since: number;
  answered: number;
  dialled: number;
  talkMillis: number;
  customerNumber: string;
  checkedInAt: number | null;
  lastCallEndedAt: number | null;
  static: boolean;
  offline: boolean;
  online: boolean;
  /** When the state has lasted too long (hold, wrap-up, pause); null = it may last. */
  lateAt: number | null;
  /** Place in the order asked for: rows stand in the order of these texts, or backwards. */
  key: string;
  /**
   * Names of the commands that may be given now (C2 to C4). Their form is a GET of /monitor/agents/<id>, so that a row, which all
   * leaders share, holds nobody's token.
   */
  actions: string[];
}

/** Header numbers of one group; fragment `monitor/_counts`. */
export interface MonitorCounts {
  checkedIn: number;
  idle: number;
  ringing: number;
  talking: number;
  wrapUp: number;
  paused: number;
  waiting: number;
  longestSince: number | null;
  /** Callers who reached the queue today and are answered or gone; percent answered within the seconds, null = nobody came yet. */
  day: {
    percent: number | null;
    seconds: number;
    target: number;
    reached: number;
    answered: number;
    abandoned: number;
  };
}

/** Fragment `monitor/_group` · GET /monitor/groups/:id (ETag; the whole table, for desk.js and after a reconnect). */
export interface MonitorGroup {
  groupId: number;
  name: string;
  /** Highest version among its rows: the next ?since=. */
  version: string;
  counts: MonitorCounts;
  columns: MonitorColumn[];
  descending: boolean;
  /** Those that match the filter, in order. */
  rows: MonitorRow[];
}

/** A column of the monitor, with the address that orders by it. label: t(`monitor.columns.<name>`) */
export interface MonitorColumn {
  name: string;
  url: string;
  sorted: 'ascending' | 'descending' | null;
}

/** `monitor/_changes` · GET /monitor/groups/:id/changes?since=<version>: changed rows, counts and cursor as out-of-band swaps. */
export interface MonitorChanges {
  groupId: number;
  version: string;
  counts: MonitorCounts;
  rows: MonitorRow[];
  /** Agents whose changed row does not match the filter (any more). */
  gone: number[];
}

/** Fragment `monitor/_link` · GET /monitor/fragments/link: what is wrong with the telephone system, if anything. */
export interface LinkFragment {
  link: 'up' | 'down';
  linkSince: number;
}

/** `monitor/show` · GET /monitor?group=&state=&online=&q=&sort=&order= */
export interface MonitorPage extends LinkFragment {
  groups: MonitorGroup[];
  groupOptions: Option[];
  filter: { group: string; state: string; online: string; q: string; sort: string; order: string };
  /** The filter behind `?` as every live update must ask for it; '' when there is none. */
  query: string;
  /** SSE address, used only when the page is no frame of the desk. */
  liveUrl: string;
  supervision: SupervisionFragment;
}

/**
 * `actions/supervise` · GET /monitor/agents/:agentId?group=&do_<command>=, a page and a dialog. The form posts to /actions/<command>
 * {agentId, groupId, returnTo} and reason, note (force-pause) or phone (listen, whisper, barge-in, take-over).
 */
export interface SupervisePage {
  agent: {
    agentId: number;
    agentNo: string;
    surname: string;
    shown: ShownState;
    since: number;
    customerNumber: string;
  };
  groupId: number;
  command: {
    name: string;
    asks: 'nothing' | 'reason' | 'phone';
    lit: boolean;
    reasonKey: string | null;
    /** What it would be done to (`Action.about`). */
    about: string;
  };
  /** Other commands that may be given now. */
  others: string[];
  reasons: Array<{ code: string; text: string; needsText: boolean }>;
  values: { reason: string; note: string; phone: string };
  errors: FormErrors;
  returnTo: string;
}

/** Fragment `monitor/_supervision` · GET /monitor/supervision: to whom this person listens. Posts to /actions/<command> {agentId}. */
export interface SupervisionFragment {
  version: string;
  supervision: {
    agentId: number;
    agentNo: string;
    surname: string;
    mode: 'listen' | 'whisper' | 'barge-in' | 'take-over';
    phone: string;
    /** His own leg, and the call it listens to. */
    legId: string;
    callId: string;
    /** calling: his phone rings; on: he is on the line; missed: he did not pick up. */
    state: 'calling' | 'on' | 'missed';
    since: number;
    commands: string[];
  } | null;
}

// ------------------------------------------------------------------------------------------------ calls

export interface CallRow {
  callId: string;
  startedAt: number;
  direction: 'in' | 'out' | 'internal';
  customerNumber: string;
  did: string;
  groupName: string;
  agentNo: string;
  agentSurname: string;
  /** null while open. */
  result: string | null;
  waitMillis: number;
  talkMillis: number;
  /** Whole length; for an open call until now. */
  totalMillis: number;
  /** null = not recorded; absent where nobody asked. */
  recording?: RecordingView | null;
}

/** `calls/index` · GET /calls?number=&agent=&from=&fromTime=&to=&toTime=&direction=&result=&answered=&recorded=&group=&count=&before=|after= */
export interface CallsPage {
  /** own: an agent's own; group: a leader sees the groups he leads. */
  scope: 'own' | 'group';
  filter: Record<
    | 'number'
    | 'agent'
    | 'from'
    | 'fromTime'
    | 'to'
    | 'toTime'
    | 'direction'
    | 'result'
    | 'answered'
    | 'recorded'
    | 'group',
    string
  >;
  errors: FormErrors;
  groupOptions: Option[];
  rows: CallRow[];
  /** Where looking for rows ended before the page was full: what lies beyond is looked through by its address. null: nothing is left out. */
  stopped: { at: number; side: 'older' | 'newer' } | null;
  /**
   * more: there may be more than `calls`, and nobody added up the rest; since: all of those that began then or later are in the sums.
   * null: the filter is wrong, nothing was searched for.
   */
  totals: {
    calls: number;
    answered: number | null;
    talkMillis: number | null;
    more: boolean;
    since: number | null;
  } | null;
  /** Counts them all; null when they are counted. */
  countUrl: string | null;
  /** Counting them all took too long. */
  uncounted: boolean;
  /** Files of all that the filter finds; none for those who may not have them. */
  exports: Array<{ format: 'csv' | 'xlsx'; url: string }>;
  /** Addresses with the filters kept; null = no such page. */
  newerUrl: string | null;
  olderUrl: string | null;
}

/** `calls/show` · GET /calls/:callId */
export interface CallPage {
  call: CallRow & {
    answeredAt: number | null;
    endedAt: number | null;
    endedBy: string | null;
    endReason: string | null;
    /** What it was dialled for, with its mark; '' = nothing in particular. */
    purpose: string;
  };
  legs: Array<{
    legId: string;
    role: LegRole;
    number: string;
    /** Agent's number and surname, '' for others. */
    agentNo: string;
    agentSurname: string;
    startedAt: number;
    ringingAt: number | null;
    answeredAt: number | null;
    endedAt: number | null;
    result: string | null;
    endedBy: string | null;
  }>;
  intervals: Array<{
    seq: number;
    kind: IntervalKind;
    legId: string | null;
    startedAt: number;
    endedAt: number | null;
  }>;
  backUrl: string;
}

/** `stuck-calls/index` · GET and POST /stuck-calls, /stuck-dials {callId, approver, approverPassword, do_delete} (E17) */
export interface StuckPage {
  kind: 'calls' | 'dials';
  path: string;
  /** With the chosen team, if any. */
  address: string;
  /** The system's administrator chooses whose; empty for everybody else. */
  teams: Option[];
  team: string;
  rows: Array<StuckCall & { verdict: 'young' | 'in-call' | 'alive' | 'dead' | 'unknown' }>;
  /** What the machine ended by itself within a day; `proof` is a key under calls.show.end-reason. */
  cleared: Array<StuckCall & { endedAt: number; proof: string }>;
  /** Some dead row is not his to delete: a leader must say yes. */
  asksApproval: boolean;
  values: { callId: string; approver: string };
  errors: FormErrors;
}
interface StuckCall {
  callId: string;
  startedAt: number;
  direction: 'in' | 'out' | 'internal';
  customerNumber: string;
  groupName: string;
  agentNo: string;
  surname: string;
  phase: CallPhase;
}

// ------------------------------------------------------------------------------------------------ home, profile, diag, errors, demo phone

/** Fragment `home/_today` · GET /home/fragments/today */
export interface TodayFragment {
  version: string;
  figures: {
    answered: number;
    dialled: number;
    talkMillis: number;
    wrapUpMillis: number;
    pausedMillis: number;
    checkedInMillis: number;
  };
  /** He has been signed in today. */
  hasBegun: boolean;
  /** The day as a band of states, in order, from the first check-in to now. */
  band: Array<{ shown: ShownState; startedAt: number; endedAt: number }>;
}
/** Fragment `home/_recent` · GET /home/fragments/recent */
export interface RecentFragment {
  recent: CallRow[];
  /** The team shows its agents no records. */
  hidden: boolean;
}
/** `home/show` · GET /home: the tab that cannot be closed. today = null for accounts that are no agent. */
export interface HomePage {
  userName: string;
  today: TodayFragment | null;
  recent: CallRow[];
  hidden: boolean;
}

/** `diag/show` · GET /diag, POST /diag {tier, features, skew, do_report}: posted values are shown back and logged. */
export interface DiagPage {
  userAgent: string;
  address: string;
  cookie: boolean;
  report: { tier: string; features: string; skew: string } | null;
}

/** `errors/show` · every 4xx/5xx. Texts: t(`errors.<code>`, params); what to do: t(`errors.todo.<status>`); a 503 of the database has its own. */
export interface ErrorPage {
  status: number;
  code: string;
  text: string;
  /** Short id of the request, for the administrator. */
  requestId: string;
  returnTo: string;
  /**
   * What was typed into a form that was not done, and is not lost (A11): kept by the server, or (fields) only in this page, from where
   * POST /drafts/again brings it into its form. null = nothing of the kind.
   */
  kept: { page: string; seal: string; fields: Array<{ name: string; content: string }> | null } | null;
}

/** Fragment `phone/_phone` · GET /phone/fragments/phone: the simulated phone of the demo. POST /phone/{answer,hang-up,dial,call-in} */
export interface PhoneFragment {
  version: string;
  number: string;
  state: 'idle' | 'ringing' | 'dialling' | 'talking' | 'held';
  since: number;
  /** Number of the other party, '' when none. */
  peer: string;
}
/** `phone/show` · GET /phone. Dial: {number}; call-in (play a customer): {did, number}. */
export interface PhonePage {
  phone: PhoneFragment;
  dids: Array<{ number: string; text: string }>;
  /** Numbers worth dialling, with whose they are. */
  others: Array<{ number: string; text: string }>;
  values: { number: string };
  errors: FormErrors;
}
