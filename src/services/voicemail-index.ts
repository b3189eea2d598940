import { createHash } from 'node:crypto';

/** What the index file of a message says (msgNNNN.txt). */
export interface VoicemailFacts {
  /** msg_id: stays when the spool renumbers its files. */
  messageId: string;
  callerNumber: string;
  callerName: string;
  /** Epoch ms. */
  at: number;
  seconds: number;
}

/** As Asterisk writes it: `<seconds>-<number>`; ours for messages without one has the same letters. */
export const messageIdPattern = /^[0-9A-Za-z-]{1,64}$/;

/** Everything in it came from a caller or his carrier: it is cut, and shown as text only. */
export function voicemailFacts(text: string): VoicemailFacts {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([a-z_]{1,30})\s*=\s*(.*?)\s*$/.exec(line);
    if (match) values.set(match[1] ?? '', (match[2] ?? '').slice(0, 200));
  }
  const { number, name } = callerOf(values.get('callerid') ?? '');
  const told = values.get('msg_id') ?? '';
  const seconds = wholeNumber(values.get('origtime'));
  return {
    messageId: messageIdPattern.test(told) ? told : `${seconds}-x${hash(text)}`,
    callerNumber: number,
    callerName: name,
    at: seconds * 1000,
    seconds: wholeNumber(values.get('duration')),
  };
}

/** `"Name" <number>`, `<number>`, or the number bare; `Unknown` where it was withheld. */
function callerOf(text: string): { number: string; name: string } {
  const match = /^\s*"?(.*?)"?\s*<([^<>]*)>\s*$/.exec(text);
  const name = (match ? (match[1] ?? '') : '').trim();
  const number = (match ? (match[2] ?? '') : text).trim();
  return { number: /^[0-9*#+]{1,40}$/.test(number) ? number : '', name: name === number ? '' : name.slice(0, 80) };
}

function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) : 0;
}

function hash(text: string): string {
  return createHash('md5').update(text).digest('hex').slice(0, 12);
}
