import type { ActionOutcome } from '../actions/action.js';
import type { InvalidInput } from '../errors.js';
import type { Exchange } from '../web/exchange.js';
import { returnPath } from '../web/forms.js';
import type { FormErrors, Translate } from '../web/page-models.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Fields of a posted form; what a script sends as something else is an empty one. */
export function bodyOf(body: unknown): Fields {
  return typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body)) : {};
}

/** The same without what says which button was pressed, and what is the form's own (token, place). */
export function withoutButtons(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !/^(_|do_)/.test(name)));
}

/** What was typed into a field, to be shown again. */
export function typed(fields: Fields, name: string, max: number): string {
  const value = fields[name];
  return typeof value === 'string' ? value.slice(0, max) : '';
}

/** A refused form's errors in words. What no field of this form caused stands at `first`. */
export function wordErrors(
  fault: InvalidInput | null,
  t: Translate,
  first: string,
  known: readonly string[],
): FormErrors {
  if (fault === null) return {};
  const errors = Object.entries(fault.fields).map(([name, key]) => [
    known.includes(name) ? name : first,
    t(key, fault.params),
  ]);
  return errors.length > 0 ? Object.fromEntries(errors) : { [first]: t(`errors.${fault.code}`, fault.params) };
}

/** The outcome of a command: a line for a script, else back to where the form was. */
export function answerOutcome(exchange: Exchange, fields: Fields, outcome: ActionOutcome, fallback: string): void {
  if (outcome.status === 'ask') throw new Error(`no page for the question ${outcome.question}`);
  const text = exchange.t(outcome.message, outcome.params);
  exchange.taken({ status: outcome.status, text }, returnPath(fields.returnTo, fallback));
}
