import { z } from 'zod';
import { missing, type SettingsSection } from './section.js';

export interface SmsSettings {
  gateway: 'none' | 'http' | 'smpp';
  /** `[number]`, `[text]` and `[id]` in address and body are replaced. */
  url: string;
  method: 'GET' | 'POST';
  format: 'form' | 'json' | 'text';
  /** A line each: `Name: value`. */
  headers: string;
  body: string;
  /** What the answer must contain; '' = any 2xx will do. */
  success: string;
  smppHost: string;
  smppPort: number;
  smppTls: boolean;
  smppSystemId: string;
  smppPassword: string;
  /** Sender the customer sees. */
  smppSource: string;
  dailyLimit: number;
}

/** Whether the settings suffice to send anything. */
export function smsIsSetUp({ gateway, url, smppHost }: SmsSettings): boolean {
  return (gateway === 'http' && url !== '') || (gateway === 'smpp' && smppHost !== '');
}

const gateways = ['none', 'http', 'smpp'] as const;
const methods = ['GET', 'POST'] as const;
const formats = ['form', 'json', 'text'] as const;
const headerLine = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+:[ \t]?[\x20-\x7e]*$/;

/** The gateway of SMS: an HTTP request as its provider describes it, or SMPP 3.4. */
export const sms: SettingsSection<SmsSettings> = {
  name: 'sms',
  of: 'both',
  schema: z.object({
    gateway: z.enum(gateways),
    url: z.string().max(500),
    method: z.enum(methods),
    format: z.enum(formats),
    headers: z
      .string()
      .max(2000)
      .refine((text) => text === '' || text.split('\n').every((line) => headerLine.test(line)), {
        error: 'errors.header-lines',
      }),
    body: z.string().max(4000),
    success: z.string().max(200),
    smppHost: z.string().max(190),
    smppPort: z.number().int().min(1).max(65_535),
    smppTls: z.boolean(),
    // Octets of the protocol: 15, 8 and 20 characters (SMPP 3.4, 4.1.1 and 4.4.1).
    smppSystemId: z.string().max(15),
    smppPassword: z.string().max(8),
    smppSource: z.string().max(20),
    dailyLimit: z.number().int().min(0).max(10_000),
  }),
  defaults: {
    ...{ gateway: 'none', url: '', method: 'POST', format: 'form', headers: '', body: '', success: '' },
    ...{ smppHost: '', smppPort: 2775, smppTls: false, smppSystemId: '', smppPassword: '', smppSource: '' },
    dailyLimit: 0,
  },
  fields: [
    { name: 'gateway', kind: 'choice', choices: gateways },
    { name: 'url', kind: 'url', sealed: true },
    { name: 'method', kind: 'choice', choices: methods },
    { name: 'format', kind: 'choice', choices: formats },
    { name: 'headers', kind: 'lines', sealed: true },
    { name: 'body', kind: 'lines', sealed: true },
    { name: 'success', kind: 'text' },
    { name: 'smppHost', kind: 'text' },
    { name: 'smppPort', kind: 'number' },
    { name: 'smppTls', kind: 'switch' },
    { name: 'smppSystemId', kind: 'text' },
    { name: 'smppPassword', kind: 'secret' },
    { name: 'smppSource', kind: 'text' },
    { name: 'dailyLimit', kind: 'number' },
  ],
  check: async (_db, _teamId, value) => {
    if (value.gateway === 'none' || smsIsSetUp(value)) return {};
    return value.gateway === 'http' ? { url: missing } : { smppHost: missing };
  },
};
