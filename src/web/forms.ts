import { z } from 'zod';
import { InvalidInput } from '../errors.js';

/** Longest text of any single field; anything above is refused before a handler looks at it. */
export const longestField = 10_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const controlCharacters = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and its kin; tab, LF and CR are text
const controlsExceptLines = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

const message = {
  text: 'errors.invalid',
  controls: 'errors.control-characters',
  long: 'errors.too-long',
  required: 'errors.required',
  choice: 'errors.invalid',
} as const;

/** A field given twice (`a=1&a=2`) or as an object is nobody's form: refused, never guessed at. */
const text = z.string({ error: message.text }).refine((value) => isWellFormed(value), { error: message.text });

/** One line: trimmed, no CR, LF, NUL or other control character (they end in AMI, in headers, in logs). Missing = ''. */
export function singleLine(max: number) {
  return text
    .default('')
    .refine((value) => !controlCharacters.test(value), { error: message.controls })
    .transform((value) => value.trim())
    .refine((value) => [...value].length <= max, { error: message.long });
}

/** As {@link singleLine}, and not empty. */
export function requiredLine(max: number) {
  return singleLine(max).refine((value) => value !== '', { error: message.required });
}

/** Several lines; CR LF becomes LF. Missing = ''. */
export function multiLine(max: number) {
  return text
    .default('')
    .refine((value) => !controlsExceptLines.test(value), { error: message.controls })
    .transform((value) => value.replace(/\r\n?/g, '\n').trim())
    .refine((value) => [...value].length <= max, { error: message.long });
}

/** A password is taken as typed: nothing trimmed; only NUL, CR and LF cannot be. */
export function secretField(max: number) {
  return text
    .default('')
    .refine((value) => !controlCharacters.test(value), { error: message.controls })
    .refine((value) => value.length <= max, { error: message.long });
}

/** One of these words; missing or unknown = refused. */
export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: message.choice });
}

/** One of these words; missing = '', which must be among them where nothing may be said. */
export function oneOf(words: readonly string[]) {
  return singleLine(40).refine((word) => words.includes(word), { error: message.choice });
}

const ids = z
  .string()
  .regex(/^[1-9][0-9]{0,9}$/)
  .transform(Number)
  .refine((value) => value <= 2_147_483_647);

/** The id in a URL or a field as a number; null where it is none (the caller answers 404, as for an id of another team). */
export function idOf(value: unknown): number | null {
  const parsed = ids.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** A field that holds an id; '' or missing = null. */
export const optionalId = z
  .union([z.literal('').transform(() => null), ids])
  .optional()
  .transform((value) => value ?? null);

/**
 * Fields of a body or a query.
 * @throws InvalidInput whose `fields` are locale keys, one a field
 */
export function parseFields<T extends z.ZodType>(schema: T, fields: unknown): z.output<T> {
  const parsed = schema.safeParse(fields ?? {});
  if (parsed.success) return parsed.data;
  throw new InvalidInput('invalid', fieldErrors(parsed.error));
}

/** Field → locale key of its first message. */
export function fieldErrors(error: z.ZodError): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '');
    fields[field] ??= issue.message.startsWith('errors.') ? issue.message : message.text;
  }
  return fields;
}

/** A page of ours to go back to: a path of this site, else `fallback`. Never another host (`//evil`, `/\evil`). */
export function returnPath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > 500) return fallback;
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(value) || value.includes('\\')) return fallback;
  return value;
}

function isWellFormed(value: string): boolean {
  // A lone surrogate cannot be stored as UTF-8.
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value);
}
