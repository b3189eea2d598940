import { type CountryCode, isSupportedCountry } from 'libphonenumber-js';

export type { CountryCode };

/** Whether these are the two letters of a country with numbers. */
export function isCountry(code: string): code is CountryCode {
  return isSupportedCountry(code);
}

/** Of a number, as settings write it: digits, `*`, `#`, `+`, `X` = any digit, `!` at the end = anything after it. */
export const numberPattern = /^[0-9*#+X]{1,32}!?$/;

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

/** Lengths customers' numbers have, from a local one to a mobile one with a prefix. */
const lengths = [8, 10, 11, 12];

/** Whether these patterns leave no customer to be called: `X!`, or ten rules that come to the same. */
export function forbidEverything(patterns: readonly string[]): boolean {
  for (let first = 0; first < 100; first += 1) {
    const start = String(first).padStart(2, '0');
    if (lengths.some((length) => !patterns.some((rule) => matches(rule, start.padEnd(length, '5'))))) return false;
  }
  return true;
}
