import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { type MailSettings, mailIsSetUp } from '../../settings/mail.js';
import { type Deliver, type Delivery, deliveryMillis, type Outgoing, words } from './delivery.js';

/** Of one step of the conversation; the whole is held by {@link deliveryMillis}. */
const usualStepMillis = 10_000;

/**
 * Sends by SMTP (RFC 5321), one connection a message: agents send a letter now and then, and each wants to know what became of it.
 * Once the server has taken the first byte of the letter a lost line leaves it uncertain.
 */
export function mailDelivery(settings: MailSettings, stepMillis = usualStepMillis): Deliver {
  return async (message) => {
    if (!mailIsSetUp(settings)) return { result: 'refused', reason: 'not-set-up', detail: '' };
    const letter = await compose(settings, message);
    const state = { handedOver: false };
    const connection = new SMTPConnection({
      host: settings.host,
      port: settings.port,
      secure: settings.security === 'tls',
      requireTLS: settings.security === 'starttls',
      ignoreTLS: settings.security === 'none',
      connectionTimeout: stepMillis,
      greetingTimeout: stepMillis,
      socketTimeout: stepMillis,
      dnsTimeout: stepMillis,
      // An administrator chose the host, often one of his own network.
      allowInternalNetworkInterfaces: true,
    });
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), deliveryMillis).unref();
    });
    try {
      const answer = await Promise.race([converse(connection, settings, message, letter, state), late]);
      return { result: 'sent', gatewayId: words(answer).slice(0, 120) };
    } catch (error) {
      return judge(error as SmtpFault, state.handedOver);
    } finally {
      connection.close();
    }
  };
}

interface SmtpFault extends Error {
  code?: string;
  command?: string | undefined;
  responseCode?: number | undefined;
  response?: string | undefined;
}

async function compose(settings: MailSettings, { recipient, subject, body }: Outgoing): Promise<Buffer> {
  // Addresses as objects: nothing in them is read as a list of addresses.
  const composer = new MailComposer({
    from: { name: settings.fromName, address: settings.from },
    to: { name: '', address: recipient },
    subject,
    text: body,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

async function converse(
  connection: SMTPConnection,
  settings: MailSettings,
  { recipient }: Outgoing,
  letter: Buffer,
  state: { handedOver: boolean },
): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    connection.on('error', reject);
    connection.on('end', () => reject(Object.assign(new Error('the server closed the line'), { code: 'ECONNECTION' })));
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  if (settings.user !== '') {
    await new Promise<void>((resolve, reject) =>
      connection.login({ user: settings.user, pass: settings.password }, (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  }
  return new Promise<string>((resolve, reject) => {
    connection.on('error', reject);
    // Read only after the server said "go on" to DATA.
    const content = new Readable({
      read() {
        state.handedOver = true;
        this.push(letter);
        this.push(null);
      },
    });
    connection.send({ from: settings.from, to: [recipient], size: letter.length }, content, (error, info) =>
      error ? reject(error) : resolve(info?.response ?? ''),
    );
  });
}

/** 4xx = later, 5xx = never (RFC 5321 4.2.1); without an answer it depends on how far we were. */
function judge(error: SmtpFault, handedOver: boolean): Delivery {
  const detail = words(error.response ?? error.message);
  const { responseCode = 0 } = error;
  // A server that does not offer the encryption that is wanted is set up wrongly: nothing is wrong with the letter.
  if (error.code === 'ETLS' || error.command === 'STARTTLS') return { result: 'later', reason: 'unreachable', detail };
  if (error.code === 'EAUTH') return { result: 'later', reason: 'sign-in', detail };
  // EMESSAGE: the server said beforehand that it takes no letter of this size (RFC 1870).
  if (responseCode >= 500 || error.code === 'EMESSAGE') {
    return { result: 'refused', reason: error.command === 'RCPT TO' ? 'recipient' : 'refused', detail };
  }
  if (responseCode >= 400) return { result: 'later', reason: 'busy', detail };
  if (handedOver) return { result: 'uncertain', reason: 'lost', detail };
  return { result: 'later', reason: 'unreachable', detail };
}
