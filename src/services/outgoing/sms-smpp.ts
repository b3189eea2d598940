import { randomInt } from 'node:crypto';
import smpp, { type Pdu, type Session } from 'smpp';
import type { SmsSettings } from '../../settings/sms.js';
import { type Deliver, type Delivery, deliveryMillis, words } from './delivery.js';
import { smsText } from './sms-text.js';

/** esm_class bit that says: a user data header goes before the text (SMPP 3.4, 5.2.12). */
const withHeader = 0x40;
/** data_coding (SMPP 3.4, 5.2.19): 0 = the centre's own alphabet, which is GSM 03.38; 8 = UCS-2. */
const codings = { gsm: 0x00, ucs2: 0x08 } as const;

/** Sends by SMPP 3.4, one session a message. Each part is answered before the next goes out. */
export function smsSmppDelivery(settings: SmsSettings, millis = deliveryMillis): Deliver {
  return async ({ recipient, body }) => {
    if (settings.smppHost === '') return { result: 'refused', reason: 'not-set-up', detail: '' };
    const state = { submitted: 0 };
    const session = smpp.connect({
      host: settings.smppHost,
      port: settings.smppPort,
      ...(settings.smppTls && { tls: true, servername: settings.smppHost }),
    });
    const timer = new AbortController();
    const lost = new Promise<never>((_, reject) => {
      session.on('error', reject);
      session.on('close', () => reject(new Error('the centre closed the line')));
      const late = setTimeout(() => reject(new Error('no answer')), millis);
      timer.signal.addEventListener('abort', () => clearTimeout(late));
    });
    lost.catch(() => undefined);
    try {
      return await Promise.race([converse(session, settings, recipient, body, state), lost]);
    } catch (error) {
      const detail = words(error);
      return state.submitted > 0
        ? { result: 'uncertain', reason: 'lost', detail }
        : { result: 'later', reason: 'unreachable', detail };
    } finally {
      timer.abort();
      session.unbind();
      setTimeout(() => session.destroy(), 500).unref();
    }
  };
}

async function converse(
  session: Session,
  settings: SmsSettings,
  recipient: string,
  body: string,
  state: { submitted: number },
): Promise<Delivery> {
  await new Promise<void>((resolve) => session.once(settings.smppTls ? 'secureConnect' : 'connect', () => resolve()));
  const bound = await answer((done) =>
    session.bind_transceiver({ system_id: settings.smppSystemId, password: settings.smppPassword }, done),
  );
  if (bound.command_status !== 0) return { result: 'later', reason: 'sign-in', detail: statusName(bound) };
  const { alphabet, parts } = smsText(body);
  const reference = randomInt(256);
  const ids: string[] = [];
  for (const [place, text] of parts.entries()) {
    const fields = {
      source_addr: settings.smppSource,
      destination_addr: recipient.replace(/^\+/, ''),
      dest_addr_ton: recipient.startsWith('+') ? 1 : 0,
      dest_addr_npi: 1,
      data_coding: codings[alphabet],
    };
    // Concatenated short messages (GSM 03.40 9.2.3.24.1): one reference, how many, which of them.
    const udh = Buffer.from([5, 0, 3, reference, parts.length, place + 1]);
    const short_message = parts.length === 1 ? text : { udh, message: text };
    state.submitted += 1;
    const taken = await answer((done) =>
      session.submit_sm({ ...fields, esm_class: parts.length === 1 ? 0 : withHeader, short_message }, done),
    );
    if (taken.command_status !== 0) return refused(taken, place);
    ids.push(taken.message_id ?? '');
  }
  return { result: 'sent', gatewayId: ids.join(' ').slice(0, 120) };
}

function answer(send: (done: (pdu: Pdu) => void) => boolean): Promise<Pdu> {
  return new Promise((resolve, reject) => {
    if (!send(resolve)) reject(new Error('the line is gone'));
  });
}

const overload = ['ESME_RTHROTTLED', 'ESME_RMSGQFUL', 'ESME_RSYSERR'];

/** The centre's answer to a part. After a first part was taken, the whole is neither sent nor unsent. */
function refused(pdu: Pdu, place: number): Delivery {
  const name = statusName(pdu);
  if (place > 0) return { result: 'uncertain', reason: 'lost', detail: name };
  if (overload.includes(name)) return { result: 'later', reason: 'busy', detail: name };
  return { result: 'refused', reason: name === 'ESME_RINVDSTADR' ? 'recipient' : 'refused', detail: name };
}

function statusName({ command_status }: Pdu): string {
  const known = Object.entries(smpp.errors).find(([, code]) => code === command_status);
  return known?.[0] ?? `0x${command_status.toString(16)}`;
}
