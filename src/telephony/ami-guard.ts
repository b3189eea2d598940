import { InvalidInput } from '../errors.js';
import type { AmiAction } from './ami-record.js';

/** manager.c: a line of 1024 bytes with its CR LF answers "line too long"; 128 headers are refused without an ActionID. */
const LINE_BYTES = 1022;
const HEADERS = 127;
const HEADER_NAME = /^[A-Za-z][A-Za-z0-9-]{0,39}$/;
/** Asterisk cuts `Variable` values at commas and drops quotes (telephony.md 1.6): ids and numbers only. */
const VARIABLE_NAME = /^_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}$/;
const VARIABLE_VALUE = /^[A-Za-z0-9_.@/:;+*#-]{0,200}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the very thing that is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Phones that know this header answer by themselves (telephony.md 1.6). The only variable outside the patterns above. */
export const AUTO_ANSWER = {
  name: 'PJSIP_HEADER(add,Alert-Info)',
  value: '<http://zuoxi>\\;info=alert-autoanswer',
} as const;

export type WireAction = Record<string, string | Record<string, string>>;

/** Throws InvalidInput 'telephony-unsafe' when a value could end its line: asterisk-manager would pass it on as a second action. */
export function guardText(value: string, where: string): void {
  if (CONTROL.test(value)) throw unsafe(where, 'control-character');
}

/**
 * Turns an action into the plain object asterisk-manager writes, a fresh one each time because it mutates what it gets.
 * Throws InvalidInput 'telephony-unsafe' for control characters, names and variables outside their whitelist, lines and messages too long.
 */
export function wireAction(action: AmiAction, actionId: string): WireAction {
  if (!HEADER_NAME.test(action.name)) throw unsafe('Action', 'name');
  const wire: WireAction = { actionid: actionId, action: action.name };
  let lines = 2;
  for (const [name, value] of Object.entries(action.headers ?? {})) {
    const key = name.toLowerCase();
    if (!HEADER_NAME.test(name) || key === 'action' || key === 'actionid' || key in wire) throw unsafe(name, 'name');
    wire[key] = guardLine(name, String(value));
    lines += 1;
  }
  const variables = Object.entries(action.variables ?? {});
  if (variables.length > 0) wire.variable = Object.fromEntries(variables.map(guardVariable));
  if (lines + variables.length > HEADERS) throw unsafe(action.name, 'too-many-headers');
  return wire;
}

/** Throws like wireAction unless the value may stand in a channel variable. Returns the value. */
export function guardVariableValue(value: string, where: string): string {
  if (!VARIABLE_VALUE.test(value)) throw unsafe(where, 'value');
  return value;
}

function guardVariable([name, value]: [string, string]): [string, string] {
  if (name === AUTO_ANSWER.name && value === AUTO_ANSWER.value) return [name, value];
  if (!VARIABLE_NAME.test(name)) throw unsafe(name, 'name');
  return [name, guardVariableValue(value, name)];
}

function guardLine(name: string, value: string): string {
  guardText(value, name);
  if (Buffer.byteLength(`${name}: ${value}`) > LINE_BYTES) throw unsafe(name, 'too-long');
  return value;
}

function unsafe(where: string, why: string): InvalidInput {
  return new InvalidInput('telephony-unsafe', {}, { where: where.replace(/[^A-Za-z0-9-]/g, '?').slice(0, 40), why });
}
