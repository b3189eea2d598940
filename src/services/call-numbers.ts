import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Db } from '../db/database.js';
import { Kept } from '../db/kept.js';
import { InvalidInput } from '../errors.js';
import type { Group } from '../models/groups.js';
import { onChange } from '../models/settings.js';
import { type DialSettings, dial as dialSection } from '../settings/dial.js';
import { readSection } from '../settings/read.js';
import { matches } from './number-patterns.js';

/** E.164 has 15 digits; service codes, carrier prefixes and an extension after them are longer. */
const longest = 32;

export type DialRules = DialSettings;

const kept = new Kept<DialRules>();
onChange(() => kept.forget());

/** Of the team, or the system's: asked for with each number that is dialled or hidden. */
export function dialRules(db: Db, teamId: number): Promise<DialRules> {
  return kept.of(db, teamId, () => readSection(db, teamId, dialSection));
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

/**
 * Whose number it is, however it is written: `+`, country and number; as it stands what is no number of the numbering plan: an extension,
 * a service number.
 */
export function subscriber(number: string, home: CountryCode): string {
  const parsed = parsePhoneNumberFromString(number.replace(/^00(?=[1-9])/, '+'), home);
  return parsed?.isPossible() ? parsed.number : number;
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
  group: Pick<Group, 'name' | 'forbiddenNumbers'>,
  { forbidden }: DialRules,
  shown = number,
): void {
  // Whoever forbids 00! means every way to call abroad.
  const forms = number.startsWith('+') ? [number, `00${number.slice(1)}`] : [number];
  const hits = (rule: string) => forms.some((form) => matches(rule, form));
  if (forbidden.some(hits)) throw wrong('number-forbidden', { number: shown });
  if (group.forbiddenNumbers.some(hits)) throw wrong('number-forbidden-group', { number: shown, group: group.name });
}

export function wrong(code: string, params: Readonly<Record<string, string | number>> = {}): InvalidInput {
  return new InvalidInput(code, { number: `errors.${code}` }, params);
}
