import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';

/** `production` wants the database, the PBX and the secrets named; `demo` fills in an embedded database and a simulated PBX. */
export type Mode = 'production' | 'demo';

export type DatabaseConfig =
  | { engine: 'mysql'; host: string; port: number; user: string; password: string; database: string; poolSize: number }
  | { engine: 'sqlite'; path: string };

export interface AmiLogin {
  user: string;
  secret: string;
}

export interface PbxConfig {
  /** Key of the lease and of every call's `pbx` column. */
  name: string;
  simulated: boolean;
  host: string;
  port: number;
  /** Reads events only. */
  event: AmiLogin;
  /** Sends actions only. */
  action: AmiLogin;
  /** Optional: may list registered phones (class system). Without it phones are asked one by one. */
  phones: AmiLogin | null;
}

export interface Config {
  mode: Mode;
  /** Unique name of this process, for leases. */
  processName: string;
  http: { host: string; port: number; trustedProxies: string[]; secureCookies: boolean };
  /** Where the other processes reach this one, and the key that signs what they send. */
  internal: { url: string; secret: string };
  session: { secret: string; idleMillis: number };
  /** Seals the secrets of the settings; null = there is none. */
  secretKey: string | null;
  languages: { offered: string[]; default: string };
  database: DatabaseConfig;
  pbx: PbxConfig;
  lease: { millis: number };
  log: { level: string };
  /** What a person should know of how this runs; said loudly at the start. */
  warnings: string[];
}

/** Every fault of the environment at once, a line each. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** May be given as NAME_FILE: the file's content, without its last line end. */
const secretNames = [
  'DATABASE_URL',
  'DATABASE_PASSWORD',
  'SESSION_SECRET',
  'INTERNAL_SECRET',
  'AMI_EVENT_SECRET',
  'AMI_ACTION_SECRET',
  'AMI_PHONES_SECRET',
  'SETUP_ADMIN_PASSWORD',
  'ZUOXI_SECRET_KEY',
] as const;

const port = z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65_535);
const list = z.string().transform((text) => text.split(/[\s,]+/).filter((item) => item !== ''));
const yesNo = z.enum(['true', 'false'], { error: 'must be true or false' }).transform((word) => word === 'true');
const plainText = z.string().regex(/^[^\r\n\0]*$/, { error: 'must be one line' });
const name = z.string().regex(/^[A-Za-z0-9_.-]{1,40}$/, { error: 'must be 1 to 40 of A-Z a-z 0-9 _ . -' });
const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, { error: 'must be a language tag such as zh-CN' });
const secret = plainText.min(32, { error: 'must have at least 32 characters' });
const proxy = z
  .string()
  .refine(isProxy, { error: 'must be loopback, linklocal, uniquelocal, an address or a network such as 10.0.0.0/8' });

/** THE table: name, type, default. `.optional()` here = required or filled in by mode, see {@link loadConfig}. */
const databaseTable = {
  DATABASE_URL: plainText.optional(),
  DATABASE_PASSWORD: z.string().optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
};
const table = z.object({
  ...databaseTable,
  HTTP_HOST: plainText.default('127.0.0.1'),
  HTTP_PORT: port.default(3000),
  TRUSTED_PROXIES: list.pipe(z.array(proxy)).default([]),
  SECURE_COOKIES: yesNo.default(false),
  INTERNAL_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
  INTERNAL_SECRET: secret.optional(),
  SESSION_SECRET: secret.optional(),
  ZUOXI_SECRET_KEY: secret.optional(),
  SESSION_HOURS: z.coerce.number().positive().max(720).default(12),
  LANGUAGES: list.pipe(z.array(language).min(1)).default(['zh-CN', 'en']),
  DEFAULT_LANGUAGE: language.optional(),
  PBX_NAME: name.default('pbx1'),
  AMI_HOST: plainText.min(1).optional(),
  AMI_PORT: port.default(5038),
  AMI_EVENT_USER: plainText.min(1).optional(),
  AMI_EVENT_SECRET: plainText.min(1).optional(),
  AMI_ACTION_USER: plainText.min(1).optional(),
  AMI_ACTION_SECRET: plainText.min(1).optional(),
  AMI_PHONES_USER: plainText.min(1).optional(),
  AMI_PHONES_SECRET: plainText.min(1).optional(),
  PROCESS_NAME: name.optional(),
  LEASE_MILLIS: z.coerce.number().int().min(500).max(60_000).default(3000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});
type Settings = z.infer<typeof table>;

const requiredInProduction = [
  'DATABASE_URL',
  'SESSION_SECRET',
  'AMI_HOST',
  'AMI_EVENT_USER',
  'AMI_EVENT_SECRET',
  'AMI_ACTION_USER',
  'AMI_ACTION_SECRET',
] as const satisfies ReadonlyArray<keyof Settings>;

const embedded = 'sqlite:var/demo.sqlite';

/**
 * The environment as a frozen, typed Config.
 * @throws ConfigError with every fault at once
 */
export function loadConfig(mode: Mode, environment: Environment = process.env): Config {
  const faults: string[] = [];
  const { values, named } = withFiles(environment, faults);
  const parsed = table.safeParse(values);
  if (!parsed.success) faults.push(...parsed.error.issues.map(sayIssue));
  const settings = parsed.success ? parsed.data : undefined;
  if (mode === 'production') faults.push(...missing(named));
  faults.push(...databaseFaults(values.DATABASE_URL), ...amiFaults(mode, named));
  if (settings?.DEFAULT_LANGUAGE && !settings.LANGUAGES.includes(settings.DEFAULT_LANGUAGE)) {
    faults.push('DEFAULT_LANGUAGE: must be one of LANGUAGES');
  }
  if (faults.length > 0 || !settings) throw new ConfigError([...new Set(faults)]);
  return freeze(assemble(mode, settings));
}

/**
 * Only the database's part, for `setup` and `migrate`, which need no PBX.
 * @throws ConfigError with every fault at once; DATABASE_URL must be set
 */
export function loadDatabaseConfig(environment: Environment = process.env): DatabaseConfig {
  const faults: string[] = [];
  const { values } = withFiles(environment, faults);
  const parsed = z.object(databaseTable).safeParse(values);
  if (!parsed.success) faults.push(...parsed.error.issues.map(sayIssue));
  if (!values.DATABASE_URL) faults.push('DATABASE_URL: is required');
  faults.push(...databaseFaults(values.DATABASE_URL));
  if (faults.length > 0 || !parsed.success) throw new ConfigError([...new Set(faults)]);
  return freeze(parseDatabaseUrl(parsed.data));
}

/**
 * PBX_NAME alone, for `setup`: which PBX the teams of a site file belong to.
 * @throws ConfigError
 */
export function loadPbxName(environment: Environment = process.env): string {
  const parsed = table.pick({ PBX_NAME: true }).safeParse(withFiles(environment, []).values);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(sayIssue));
  return parsed.data.PBX_NAME;
}

/**
 * The administrator's first password as SETUP_ADMIN_PASSWORD or SETUP_ADMIN_PASSWORD_FILE gives it, else null.
 * @throws ConfigError when the file cannot be read
 */
export function loadSetupPassword(environment: Environment = process.env): string | null {
  const faults: string[] = [];
  const { values } = withFiles(environment, faults);
  const wrong = faults.filter((fault) => fault.startsWith('SETUP_'));
  if (wrong.length > 0) throw new ConfigError(wrong);
  return values.SETUP_ADMIN_PASSWORD ?? null;
}

function withFiles(environment: Environment, faults: string[]) {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(environment)) {
    // An empty variable is the same as none: compose files and unit files cannot unset one.
    if (value !== undefined && value !== '') values[key] = value;
  }
  const named = new Set(Object.keys(values));
  for (const key of secretNames) {
    const path = values[`${key}_FILE`];
    if (path === undefined) continue;
    named.add(key);
    if (values[key] !== undefined) faults.push(`${key}: is set twice, as ${key} and as ${key}_FILE`);
    try {
      values[key] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      faults.push(`${key}_FILE: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { values, named };
}

function sayIssue(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.')}: ${issue.message}`;
}

function missing(named: ReadonlySet<string>): string[] {
  return requiredInProduction.filter((key) => !named.has(key)).map((key) => `${key}: is required`);
}

function amiFaults(mode: Mode, named: ReadonlySet<string>): string[] {
  if (mode === 'production' || !named.has('AMI_HOST')) return [];
  const wanted = requiredInProduction.filter((key) => key.startsWith('AMI_'));
  return wanted.filter((key) => !named.has(key)).map((key) => `${key}: is required when AMI_HOST is set`);
}

function databaseFaults(url: string | undefined): string[] {
  if (url === undefined) return [];
  if (url.startsWith('sqlite:')) return url.length > 'sqlite:'.length ? [] : ['DATABASE_URL: sqlite: needs a path'];
  const wanted = 'DATABASE_URL: must be mysql://user:password@host:port/database or sqlite:path';
  if (!/^(mysql|mariadb):\/\//.test(url) || !URL.canParse(url)) return [wanted];
  const { hostname: host, pathname, username, password } = new URL(url);
  const decodable = [username, password, pathname].every((part) => !/%(?![0-9A-Fa-f]{2})/.test(part));
  return host !== '' && username !== '' && decodable && /^\/[^/]+$/.test(pathname) ? [] : [wanted];
}

function parseDatabaseUrl(settings: Pick<Settings, keyof typeof databaseTable>): DatabaseConfig {
  const text = settings.DATABASE_URL ?? embedded;
  if (text.startsWith('sqlite:')) return { engine: 'sqlite', path: text.slice('sqlite:'.length) };
  const url = new URL(text);
  return {
    engine: 'mysql',
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: settings.DATABASE_PASSWORD ?? decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    poolSize: settings.DATABASE_POOL_SIZE,
  };
}

function assemble(mode: Mode, s: Settings): Config {
  const sessionSecret = s.SESSION_SECRET ?? randomBytes(32).toString('hex');
  const simulated = s.AMI_HOST === undefined;
  return {
    mode,
    processName: s.PROCESS_NAME ?? `${hostname().slice(0, 40)}-${process.pid}-${randomBytes(3).toString('hex')}`,
    http: { host: s.HTTP_HOST, port: s.HTTP_PORT, trustedProxies: s.TRUSTED_PROXIES, secureCookies: s.SECURE_COOKIES },
    internal: {
      url: s.INTERNAL_URL ?? `http://${reachable(s.HTTP_HOST)}:${s.HTTP_PORT}`,
      secret: s.INTERNAL_SECRET ?? createHmac('sha256', sessionSecret).update('internal endpoint').digest('hex'),
    },
    secretKey: s.ZUOXI_SECRET_KEY ?? null,
    session: { secret: sessionSecret, idleMillis: s.SESSION_HOURS * 3_600_000 },
    languages: { offered: s.LANGUAGES, default: s.DEFAULT_LANGUAGE ?? s.LANGUAGES[0] ?? 'zh-CN' },
    database: parseDatabaseUrl(s),
    pbx: {
      name: s.PBX_NAME,
      simulated,
      host: s.AMI_HOST ?? '127.0.0.1',
      port: s.AMI_PORT,
      event: { user: s.AMI_EVENT_USER ?? 'cc-event', secret: s.AMI_EVENT_SECRET ?? randomBytes(16).toString('hex') },
      action: {
        user: s.AMI_ACTION_USER ?? 'cc-action',
        secret: s.AMI_ACTION_SECRET ?? randomBytes(16).toString('hex'),
      },
      phones:
        s.AMI_PHONES_USER && s.AMI_PHONES_SECRET ? { user: s.AMI_PHONES_USER, secret: s.AMI_PHONES_SECRET } : null,
    },
    lease: { millis: s.LEASE_MILLIS },
    log: { level: s.LOG_LEVEL },
    warnings: warnings(s, simulated),
  };
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return isIP(host) === 6 ? `[${host}]` : host;
}

function warnings(s: Settings, simulated: boolean): string[] {
  const said: string[] = [];
  if (s.DATABASE_URL === undefined) said.push(`NO DATABASE CONFIGURED: using the embedded one, ${embedded}`);
  if (simulated) said.push('NO PBX CONFIGURED: a SIMULATED one answers; no real telephone rings');
  if (s.SESSION_SECRET === undefined)
    said.push('NO SESSION_SECRET: a random one, everybody is signed out at the next start');
  if (!s.SECURE_COOKIES) said.push('SECURE_COOKIES is off: session cookies also travel over plain HTTP');
  return said;
}

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner);
  return Object.freeze(value);
}
