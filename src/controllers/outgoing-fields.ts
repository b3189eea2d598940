import { z } from 'zod';
import type { OutgoingKind } from '../models/outgoing-messages.js';
import { mostParts, smsText } from '../services/outgoing/sms-text.js';
import { mailAddress } from '../settings/mail.js';
import { multiLine, requiredLine } from '../web/forms.js';
import { formKeyField } from './addressing.js';

/** What a template leaves to be filled in: `##param0##`, `##日期##` (domain.md 13). */
const blank = /##[^#\n]{1,40}##/;

const longestBody = 5_000;
const body = multiLine(longestBody)
  .refine((text) => text !== '', { error: 'errors.required' })
  .refine((text) => !blank.test(text), { error: 'errors.template-blank' });
const subject = requiredLine(200).refine((text) => !blank.test(text), { error: 'errors.template-blank' });

const mailFields = z.object({
  to: requiredLine(254).refine((text) => mailAddress.test(text), { error: 'errors.mail-address' }),
  subject,
  body,
  formKey: formKeyField,
});

const mobileNumber = /^\+?[0-9]{3,20}$/;

/** Blanks, hyphens and brackets are how people write numbers. */
function compact(number: string): string {
  return number.normalize('NFKC').replace(/[\s().\-/\u2010-\u2015]/g, '');
}

/** A recipient as he is stored: a number without what it was written with. */
export function storedRecipient(text: string): string {
  const number = compact(text);
  return mobileNumber.test(number) ? number : text;
}

const smsFields = z.object({
  to: requiredLine(64)
    .transform(compact)
    .refine((number) => mobileNumber.test(number), { error: 'errors.sms-number' }),
  subject: z
    .unknown()
    .optional()
    .transform(() => ''),
  // Of a text that is too long anyway the parts are not counted.
  body: body.refine((text) => text.length > 2 * longestBody || smsText(text).parts.length <= mostParts, {
    error: 'errors.sms-too-long',
  }),
  formKey: formKeyField,
});

/** The fields of a message of this kind (E16: every field that is shown must be filled in). */
export function outgoingFields(kind: OutgoingKind) {
  return kind === 'mail' ? mailFields : smsFields;
}
