import { DomainError } from '../errors.js';

/**
 * One AMI message as asterisk-manager hands it over: keys in lower case; a repeated key is an array, `Variable` an object, and a key such
 * as `constructor` holds rubbish (telephony.md 3.2 rows 11, 12). Never read it directly: `text()` and `copyFields()` do.
 */
export type AmiRecord = Readonly<Record<string, unknown>>;

/** A safe copy of a message: null prototype, lower-case keys, first value of a repeated key. */
export type AmiFields = Readonly<Record<string, string>>;

/** An action. Headers become one line each; `variables` one `Variable: name=value` line each. Checked by ami-guard.ts. */
export interface AmiAction {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string | number | boolean>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Instead of the connection's own limit. */
  readonly timeoutMillis?: number;
}

/** What the PBX answered. `success` says that it accepted the action, never that something happened (telephony.md 0, rule 7). */
export interface AmiResponse {
  success: boolean;
  message: string;
  actionId: string;
  fields: AmiFields;
}

/**
 * What commands, probe and picture need. Both throw TelephonyDown when the link is down, lost, or the answer late.
 * `send` answers a refusal as `success: false`; `list` throws PbxRefused for one (an empty list is no refusal).
 */
export interface AmiSender {
  send(action: AmiAction): Promise<AmiResponse>;
  list(action: AmiAction): Promise<AmiFields[]>;
  /** The user that may list registered phones, where the site has one (telephony.md 1.1). */
  readonly phones?: AmiSender;
}

/** The PBX understood and said no. */
export class PbxRefused extends DomainError {
  constructor(action: string, message: string) {
    super('telephony-refused', 503, { action, message });
  }
}

/** The value of a header, '' when it is missing; the first one of a repeated header. It may be kept: see {@link ownCopy}. */
export function text(record: AmiRecord, key: string): string {
  return ownCopy(firstValue(record, key));
}

/** The number in a header, `otherwise` when there is none. */
export function number(record: AmiRecord, key: string, otherwise = 0): number {
  const value = firstValue(record, key);
  if (value === '') return otherwise;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : otherwise;
}

function firstValue(record: AmiRecord, key: string): string {
  const value = record[key];
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  for (const one of value) if (typeof one === 'string') return one;
  return '';
}

/** V8 copies a shorter part of a string by itself. */
const shortestSlice = 13;

/**
 * The parser cuts its values out of what the socket brought, and V8 makes such a cut a view of the whole: a channel's id kept for a few
 * minutes kept 64 kB alive. Joined to something it becomes a string of its own.
 */
function ownCopy(value: string): string {
  return value.length < shortestSlice ? value : ` ${value}`.slice(1);
}

/** `1`, `yes`, `true` in any case: Asterisk uses all three. */
export function flag(record: AmiRecord, key: string): boolean {
  const value = firstValue(record, key).toLowerCase();
  return value === '1' || value === 'yes' || value === 'true';
}

/** A null-prototype copy of the string values; other values (rows 11 and 12 of telephony.md 3.2) are left out. */
export function copyFields(record: AmiRecord): AmiFields {
  const copy: Record<string, string> = Object.create(null);
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (typeof value === 'string' || Array.isArray(value)) copy[key] = text(record, key);
  }
  return copy;
}
