import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import type { Db } from '../db/database.js';
import { InvalidInput } from '../errors.js';
import type { Group } from '../models/groups.js';
import * as settings from '../models/settings.js';

/** E.164 has 15 digits; service codes, carrier prefixes and an extension after them are longer. */
const longest = 32;

export interface DialRules {
  /** ISO code: `+86 138…` typed in China is dialled as people there dial it. */
  country: CountryCode;
  /** `X` = any digit, `!` at the end = anything after it. `groupIds` absent: of every group. */
  forbidden: Array<{ pattern: string; groupIds?: number[] | undefined }>;
  /** Asks the agent's phone to pick up by itself. */
  autoAnswer: boolean;
}

const pattern = z.object({
  pattern: z.string().regex(/^[0-9*#+X]{1,32}!?$/),
  groupIds: z.array(z.number().int()).optional(),
});
const country = z.string().refine((code): code is CountryCode => isSupportedCountry(code));

/** Settings of the team (or the system's): `dial.country`, `dial.forbidden`, `dial.auto-answer`. */
export async function dialRules(db: Db, teamId: number): Promise<DialRules> {
  const [home, forbidden, autoAnswer] = await Promise.all([
    settings.read<CountryCode>(db, teamId, 'dial.country', country, 'CN'),
    settings.read(db, teamId, 'dial.forbidden', z.array(pattern), []),
    settings.read(db, teamId, 'dial.auto-answer', z.boolean(), false),
  ]);
  return { country: home, forbidden, autoAnswer };
}

/**
 * A number as typed → what goes into the dial string: digits, `*`, `#` and a leading `+`. Blanks, hyphens, dots, slashes and brackets
 * are how people write numbers, and are dropped; anything else is refused, never guessed at. A `+` of the own country is dialled
 * the national way.
 * @throws InvalidInput with the field `number`
 */
export function dialled(typed: string, home: CountryCode): string {
  const compact = typed.normalize('NFKC').replace(/[\s().\-/\u2010-\u2015]/g, '');
  if (compact === '') throw wrong('number-missing');
  if (!/^\+?[0-9*#]+$/.test(compact)) throw wrong('number-characters');
  if (compact.length > longest) throw wrong('number-too-long', { most: longest });
  if (!compact.startsWith('+')) return compact;
  const parsed = /^\+[0-9]+$/.test(compact) ? parsePhoneNumberFromString(compact) : undefined;
  if (!parsed?.isPossible()) throw wrong('number-impossible');
  if (parsed.country !== home && parsed.countryCallingCode !== callingCode(home)) return compact;
  return parsed.formatNational().replace(/[^0-9]/g, '');
}

function callingCode(home: CountryCode): string | undefined {
  return parsePhoneNumberFromString('2025550123', home)?.countryCallingCode;
}

/**
 * The rules of the team and of the group.
 * @param shown what the errors say of the number, where it may not be seen
 * @throws InvalidInput `number-forbidden`, `number-forbidden-group` (emergency and other numbers a group may not call)
 */
export function refuseForbidden(
  number: string,
  group: Pick<Group, 'groupId' | 'name' | 'forbiddenNumbers'>,
  { forbidden }: DialRules,
  shown = number,
): void {
  // Whoever forbids 00! means every way to call abroad.
  const forms = number.startsWith('+') ? [number, `00${number.slice(1)}`] : [number];
  const hits = (rule: string) => forms.some((form) => matches(rule, form));
  const rules = forbidden.filter(({ groupIds }) => groupIds === undefined || groupIds.includes(group.groupId));
  if (rules.some((rule) => hits(rule.pattern))) throw wrong('number-forbidden', { number: shown });
  if (group.forbiddenNumbers.some(hits)) throw wrong('number-forbidden-group', { number: shown, group: group.name });
}

/** Character by character: a setting is never a regular expression. */
export function matches(rule: string, number: string): boolean {
  const open = rule.endsWith('!');
  const body = open ? rule.slice(0, -1) : rule;
  if (open ? number.length < body.length : number.length !== body.length) return false;
  return [...body].every((one, i) => {
    const digit = number[i] ?? '';
    return one === 'X' ? /[0-9]/.test(digit) : one === digit;
  });
}

export function wrong(code: string, params: Readonly<Record<string, string | number>> = {}): InvalidInput {
  return new InvalidInput(code, { number: `errors.${code}` }, params);
}
