import { z } from 'zod';
import { longestPassword, shortestPassword } from '../models/passwords.js';

/** What a site file may hold, with its defaults. Faults are worded for the administrator who wrote the file. */
const text = (length: number) =>
  z
    .string()
    .trim()
    .refine((value) => Array.from(value).length <= length, { error: `has more than ${length} characters` })
    .refine((value) => !/\p{Cc}/u.test(value), { error: 'contains control characters (line breaks, NUL …)' });
const filled = (length: number) => text(length).refine((value) => value !== '', { error: 'is empty' });
const matching = (pattern: RegExp, error: string) => z.string().regex(pattern, { error });

const digits = (length: number) => matching(new RegExp(`^[0-9]{1,${length}}$`), `must be 1 to ${length} digits`);
const language = matching(/^([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$/, 'must be a language tag such as zh-CN');
const device = matching(
  /^[A-Za-z]+[/:][A-Za-z0-9_.@+*#/-]{1,70}$/,
  'must be a device such as PJSIP/2227 or PJSIP/13800000000@trunk',
);
const workMode = z.enum(['all', 'dialin', 'dialout']);
const wrapUpMode = z.enum(['ring', 'answer', 'off']);

const timeZone = z.string().refine(isTimeZone, { error: 'is no time zone such as Asia/Shanghai' });

const did = z.strictObject({ number: matching(/^\+?[0-9]{1,39}$/, 'must be a number'), name: text(100).default('') });

const group = z.strictObject({
  name: filled(100),
  queue: matching(/^[A-Za-z0-9_-]{1,80}$/, 'must be 1 to 80 of A-Z a-z 0-9 _ -'),
  workMode: z.enum([...workMode.options, 'choice']).default('choice'),
  wrapUpMode: z.enum([...wrapUpMode.options, 'choice']).default('choice'),
  wrapUpSeconds: z.int().min(1).max(86_400).nullable().default(null),
  workLink: text(500).default(''),
  outbound: z.enum(['unrestricted', 'restricted', 'disabled']).default('unrestricted'),
  externalTransfer: z.boolean().default(false),
  consultScope: z.enum(['none', 'group', 'team']).default('group'),
  pauseOnMissed: z.boolean().default(false),
  /** Emergency and other numbers its agents may not call: X = any digit, ! at the end = anything after it. */
  forbiddenNumbers: z
    .array(matching(/^[0-9*#+Xx]{1,32}!?$/, 'must be a number in which X is any digit, with a ! for anything after it'))
    .max(30)
    .transform((patterns) => patterns.map((pattern) => pattern.toUpperCase()))
    .default([]),
  dids: z.array(did).default([]),
});

const extension = z.strictObject({
  number: digits(40),
  kind: z.enum(['sip', 'external']).default('sip'),
  /** Left out: PJSIP/<number>. An external line must name it. */
  interface: device.optional(),
  /** Left out: the interface; of an external line Custom:agent<number>. */
  stateInterface: device.optional(),
});

const membership = z.strictObject({
  group: filled(100),
  static: z.boolean().default(false),
  offline: z.boolean().default(false),
  leader: z.boolean().default(false),
  mayDeleteStuck: z.boolean().default(false),
  /** The agent's own choices: left out, what he chose stays; of a new member no, all, answer. */
  defaultOutbound: z.boolean().optional(),
  workMode: workMode.optional(),
  wrapUpMode: wrapUpMode.optional(),
  penalty: z.int().min(0).max(1000).default(0),
});

const agent = z.strictObject({
  agentNo: digits(20),
  extensionMode: z.enum(['fixed', 'self-select', 'adaptive']).default('fixed'),
  extension: digits(40).nullable().default(null),
  role: filled(40).default('agent'),
  groups: z.array(membership).default([]),
});

const account = z.strictObject({
  userName: matching(/^[\p{L}\p{N}_@.-]{1,64}$/u, 'must be 1 to 64 letters, digits, _ @ . -'),
  kind: z.enum(['user', 'team-admin']).default('user'),
  /** Only for an account that does not exist yet; left out: one is made up and printed once. */
  password: z
    .string()
    .min(shortestPassword, { error: `must have at least ${shortestPassword} characters` })
    .max(longestPassword, { error: `has more than ${longestPassword} characters` })
    .optional(),
  role: filled(40).nullable().default(null),
  lastName: text(64).default(''),
  firstName: text(64).default(''),
  email: text(190).default(''),
  language: language.default(''),
  agent: agent.nullable().default(null),
});

/** A virtual user », a campaign « or a business application <> of the dial page. */
const dialTarget = z.strictObject({
  name: filled(100),
  enabled: z.boolean().default(true),
  groups: z.array(filled(100)).default([]),
});

/** A common contact of consultations: of a group, of a virtual user, or of the whole team. */
const contact = z.strictObject({
  name: filled(100),
  phone: matching(/^\+?[0-9*#]{1,32}$/, 'must be a number: digits, * and #, a + before them'),
  /** No: agents may dial it and never see it. */
  showNumber: z.boolean().default(true),
  note: text(200).default(''),
  enabled: z.boolean().default(true),
  group: filled(100).nullable().default(null),
  virtualUser: filled(100).nullable().default(null),
});

const team = z.strictObject({
  identity: matching(/^[A-Za-z0-9]{1,32}$/, 'must be 1 to 32 letters and digits'),
  name: filled(100),
  /** Left out: the name. */
  displayName: filled(15).optional(),
  timeZone: timeZone.default('Asia/Shanghai'),
  language: language.default('zh-CN'),
  recordAccess: z.enum(['none', 'records', 'records-audio']).default('records'),
  /** Left out: PBX_NAME. */
  pbx: matching(/^[A-Za-z0-9_.-]{1,40}$/, 'must be 1 to 40 of A-Z a-z 0-9 _ . -').optional(),
  groups: z.array(group).default([]),
  virtualUsers: z.array(dialTarget).default([]),
  campaigns: z.array(dialTarget).default([]),
  applications: z.array(dialTarget).default([]),
  contacts: z.array(contact).default([]),
  extensions: z.array(extension).default([]),
  accounts: z.array(account).default([]),
});

export const siteSchema = z.strictObject({ format: z.literal(1, { error: 'must be 1' }), teams: z.array(team).min(1) });

export type Site = z.infer<typeof siteSchema>;
export type SiteTeam = Site['teams'][number];
export type SiteGroup = SiteTeam['groups'][number];
export type SiteDialTarget = SiteTeam['campaigns'][number];
export type SiteContact = SiteTeam['contacts'][number];
export type SiteExtension = SiteTeam['extensions'][number];
export type SiteAccount = SiteTeam['accounts'][number];
export type SiteAgent = NonNullable<SiteAccount['agent']>;
export type SiteMembership = SiteAgent['groups'][number];

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
