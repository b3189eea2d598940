import type { FormErrors } from '../web/page-models.js';
import { type Fields, typed } from './call-form.js';

/** Field that says which state a form was made of: epoch ms of the last change before it. */
export const wasField = 'was';

/** What the form was made of; where it does not say, nothing that is there. */
export function wasOf(fields: Fields): number {
  const text = typed(fields, wasField, 20);
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

/**
 * Another has saved since the form was made: what stands now, in words, at each field that this person has otherwise. null: it stands as
 * he wants it, as after a button that was pressed twice.
 */
export function differences(own: Record<string, string>, stored: Record<string, string>): FormErrors | null {
  const differing = Object.entries(stored).filter(([name, content]) => content !== (own[name] ?? ''));
  return differing.length === 0 ? null : Object.fromEntries(differing);
}
