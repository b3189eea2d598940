import type { z } from 'zod';
import type { FieldFaults, SettingsField, SettingsSection } from './section.js';

/** Fields of a form by name, as texts: what a page shows and a browser sends. */
export type Texts = Readonly<Record<string, string>>;

/** Longest text of a field that one may send; the schema says what the value may hold. */
const longest = 10_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: one line has no line ends either
const controlsOfLine = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The value as the form shows it; secrets as nothing. */
export function textsOf<T>({ fields }: SettingsSection<T>, value: T): Texts {
  const values: Record<string, unknown> = { ...Object(value) };
  return Object.fromEntries(fields.map((field) => [field.name, textOf(field, values[field.name])]));
}

function textOf({ kind }: SettingsField, value: unknown): string {
  if (kind === 'secret' || value === null || value === undefined) return '';
  if (kind === 'switch') return value === true ? 'yes' : '';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

/** What was sent, field by field; a field that is missing, or is no text, counts as empty. */
export function typedOf<T>({ fields }: SettingsSection<T>, body: unknown): Texts {
  const sent: Record<string, unknown> = { ...Object(body) };
  return Object.fromEntries(
    fields.map(({ name }) => {
      const text = sent[name];
      return [name, typeof text === 'string' ? text.slice(0, longest) : ''];
    }),
  );
}

export type Parsed<T> = { value: T } | { faults: FieldFaults };

/**
 * The value that a form means.
 * @param kept the value whose secrets stay where the form has none; null = there is none to keep
 */
export function parseTyped<T>(section: SettingsSection<T>, typed: Texts, kept: T | null): Parsed<T> {
  const faults: Record<string, FieldFaults[string]> = {};
  const old: Record<string, unknown> = { ...Object(kept ?? section.defaults) };
  const usual: Record<string, unknown> = { ...Object(section.defaults) };
  const candidate: Record<string, unknown> = {};
  for (const field of section.fields) {
    const { name, kind } = field;
    const text = typed[name] ?? '';
    const key = faultOf(field, text);
    if (key) faults[name] = { key };
    candidate[name] = kind === 'secret' && text === '' ? old[name] : candidateOf(field, text, usual[name]);
  }
  const parsed = section.schema.safeParse(candidate);
  if (!parsed.success) for (const issue of parsed.error.issues) addIssue(faults, issue);
  return parsed.success && Object.keys(faults).length === 0 ? { value: parsed.data } : { faults };
}

/** Faults of the text itself, whatever the section says. */
function faultOf({ kind, choices }: SettingsField, text: string): string | null {
  if (loneSurrogate.test(text)) return 'errors.invalid';
  if ((kind === 'lines' ? controls : controlsOfLine).test(text)) return 'errors.control-characters';
  if (kind === 'choice' && !choices?.includes(text)) return 'errors.choice';
  if (kind === 'number' && text.trim() !== '' && !/^-?\d{1,15}(\.\d{1,6})?$/.test(text.trim())) return 'errors.number';
  if (kind === 'url' && text.trim() !== '' && !isUrl(text.trim())) return 'errors.url';
  return null;
}

function isUrl(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text) && URL.canParse(text.replace(/[{}]/g, '_'));
}

function candidateOf({ kind }: SettingsField, text: string, usual: unknown): unknown {
  // A password is taken as typed.
  if (kind === 'secret') return text;
  if (kind === 'switch') return text !== '';
  if (kind === 'number') return text.trim() === '' ? null : Number(text.trim());
  if (kind !== 'lines') return text.trim();
  const lines = text.replace(/\r\n?/g, '\n').trim();
  if (!Array.isArray(usual)) return lines;
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function addIssue(faults: Record<string, FieldFaults[string]>, issue: z.core.$ZodIssue): void {
  const name = String(issue.path[0] ?? '');
  if (faults[name]) return;
  faults[name] =
    issue.message.includes('.') && /^[a-z-]+(\.[A-Za-z0-9-]+)+$/.test(issue.message)
      ? { key: issue.message }
      : usualFault(issue);
}

/** The library's own findings in our words. */
function usualFault(issue: z.core.$ZodIssue): FieldFaults[string] {
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return { key: 'errors.required' };
    return { key: 'errors.number-least', params: { least: Number(issue.minimum) } };
  }
  if (issue.code === 'too_big') {
    if (issue.origin === 'string') return { key: 'errors.too-long' };
    return { key: 'errors.number-most', params: { most: Number(issue.maximum) } };
  }
  if (issue.code === 'invalid_type')
    return { key: issue.expected === 'number' || issue.expected === 'int' ? 'errors.number' : 'errors.required' };
  return { key: 'errors.invalid' };
}
