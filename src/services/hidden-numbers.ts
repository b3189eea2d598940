import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Db } from '../db/database.js';
import * as contacts from '../models/common-contacts.js';
import { dialRules, subscriber } from './call-numbers.js';

/**
 * Names for those of the numbers that agents of the team may not see, disabled contacts' among them: calls that were made stay hidden.
 * A number that another contact of the team shows is hidden all the same. Of several names the enabled and newest one. A carrier shows
 * one caller as `138…`, `+86138…`, `0086138…`, `86138…` or `0138…`: each is him.
 */
export async function hiddenNames(db: Db, teamId: number, numbers: readonly string[]): Promise<Map<string, string>> {
  const asked = [...new Set(numbers)].filter((number) => number !== '');
  if (asked.length === 0) return new Map();
  const all = await contacts.hiddenOfTeam(db, teamId);
  if (all?.length === 0) return new Map();
  if (all !== null) return named(asked, await nameIn(db, teamId, all));
  const { country } = await dialRules(db, teamId);
  const some = await contacts.hiddenAmong(
    db,
    teamId,
    asked.flatMap((number) => spellings(number, country)),
  );
  return named(asked, names(some, country));
}

type NameOf = (number: string) => string | undefined;

function named(numbers: readonly string[], nameOf: NameOf): Map<string, string> {
  return new Map(
    numbers.flatMap((number) => {
      const name = nameOf(number);
      return name === undefined ? [] : [[number, name] as const];
    }),
  );
}

/** Of a team's contacts as long as these very rows are kept: the country changes no more often than they. */
const made = new WeakMap<readonly contacts.HiddenContact[], Promise<NameOf>>();

function nameIn(db: Db, teamId: number, rows: readonly contacts.HiddenContact[]): Promise<NameOf> {
  const known = made.get(rows);
  if (known) return known;
  const nameOf = dialRules(db, teamId).then(({ country }) => names(rows, country));
  made.set(rows, nameOf);
  nameOf.catch(() => made.delete(rows));
  return nameOf;
}

/** Every spelling of a number ends in the same digits: most numbers are known not to be hidden by these alone. */
const tail = (number: string): string => number.slice(-6);

function names(rows: readonly contacts.HiddenContact[], home: CountryCode): NameOf {
  const byNumber = new Map(rows.map(({ phone, name }) => [subscriber(phone, home), name]));
  const tails = new Set(rows.map(({ phone }) => tail(phone)));
  return (number) => (tails.has(tail(number)) ? byNumber.get(subscriber(number, home)) : undefined);
}

function spellings(number: string, home: CountryCode): string[] {
  const whole = subscriber(number, home);
  const parsed = whole.startsWith('+') ? parsePhoneNumberFromString(whole) : undefined;
  if (!parsed) return [number];
  const { nationalNumber } = parsed;
  const inside = [nationalNumber, `0${nationalNumber}`, parsed.formatNational().replace(/[^0-9]/g, '')];
  return [...new Set([number, whole, whole.slice(1), `00${whole.slice(1)}`, ...inside])];
}
