import { z } from 'zod';
import { mailDelivery } from '../services/outgoing/mail.js';
import { missing, type SettingsSection } from './section.js';

export interface MailSettings {
  /** '' = no mail is sent. */
  host: string;
  port: number;
  /** starttls: the line must become encrypted; tls: it is from the start (port 465); none: plain text on a network of one's own. */
  security: 'starttls' | 'tls' | 'none';
  user: string;
  password: string;
  /** Address the customer sees and answers to. */
  from: string;
  fromName: string;
  /** Messages one address gets in a day; 0 = as many as are sent. */
  dailyLimit: number;
}

/** Whether the settings suffice to send anything. */
export function mailIsSetUp({ host, from }: MailSettings): boolean {
  return host !== '' && from !== '';
}

/** Somebody waits for the page. */
const testStepMillis = 4_000;
const securities = ['starttls', 'tls', 'none'] as const;
/** An address that SMTP takes as it is: no lists, no comments, no names (RFC 5321 4.1.2, without quoted local parts). */
export const mailAddress = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,184}[A-Za-z0-9])?$/;

/** The mail server of messages to customers (domain.md 13). */
export const mail: SettingsSection<MailSettings> = {
  name: 'mail',
  of: 'both',
  schema: z.object({
    host: z.string().max(190),
    port: z.number().int().min(1).max(65_535),
    security: z.enum(securities),
    user: z.string().max(190),
    password: z.string().max(190),
    from: z
      .string()
      .max(254)
      .refine((text) => text === '' || mailAddress.test(text), { error: 'errors.mail-address' }),
    fromName: z.string().max(100),
    dailyLimit: z.number().int().min(0).max(10_000),
  }),
  defaults: {
    ...{ host: '', port: 587, security: 'starttls', user: '', password: '', from: '', fromName: '' },
    dailyLimit: 0,
  },
  fields: [
    { name: 'host', kind: 'text' },
    { name: 'port', kind: 'number' },
    { name: 'security', kind: 'choice', choices: securities },
    { name: 'user', kind: 'text' },
    { name: 'password', kind: 'secret' },
    { name: 'from', kind: 'text' },
    { name: 'fromName', kind: 'text' },
    { name: 'dailyLimit', kind: 'number' },
  ],
  check: async (_db, _teamId, { host, from }) => (host !== '' && from === '' ? { from: missing } : {}),
  test: async ({ account }, value) => {
    if (account.email === '') return { ok: false, code: 'no-address' };
    const letter = { messageId: 0, kind: 'mail', recipient: account.email, subject: 'Zuoxi', body: 'Zuoxi' } as const;
    const outcome = await mailDelivery(value, testStepMillis)(letter);
    if (outcome.result === 'sent') return { ok: true, code: 'sent', params: { address: account.email } };
    return { ok: false, code: outcome.reason, params: { words: outcome.detail } };
  },
};
