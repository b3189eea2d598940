import { strict as assert } from 'node:assert';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import type { Outgoing } from '../../../src/services/outgoing/delivery.js';
import { mailDelivery } from '../../../src/services/outgoing/mail.js';
import { mail } from '../../../src/settings/mail.js';
import { type SmtpServerOfTest, startSmtpServer } from '../../support/gateways/smtp.js';

const message: Outgoing = {
  messageId: 7,
  kind: 'mail',
  recipient: 'kunde@example.com',
  subject: '您的订单 📦',
  body: '时先生，您好。\n.\n单独一个点的行不结束邮件。',
};

describe('mail by SMTP', function () {
  this.timeout(30_000);
  let server: SmtpServerOfTest;
  before(async () => {
    server = await startSmtpServer({ user: 'zuoxi', password: 'secret' });
  });
  beforeEach(() => {
    server.mood = 'takes';
    server.letters.splice(0);
  });
  after(() => server.stop());

  const send = (over: Partial<typeof mail.defaults> = {}, of: Partial<Outgoing> = {}) =>
    mailDelivery(
      {
        ...{
          ...mail.defaults,
          host: '127.0.0.1',
          port: server.port,
          security: 'none',
          user: 'zuoxi',
          password: 'secret',
        },
        ...{ from: 'desk@example.com', fromName: '坐席' },
        ...over,
      },
      1500,
    )({ ...message, ...of });

  it('is taken by the server, whole, for one recipient', async () => {
    assert.deepEqual(await send(), { result: 'sent', gatewayId: '250 queued as 4711' });
    const [letter] = server.letters;
    assert.deepEqual([letter?.from, letter?.to, letter?.user], ['desk@example.com', ['kunde@example.com'], 'zuoxi']);
    const [head = '', body = ''] = letter?.content.split('\r\n\r\n') ?? [];
    assert.match(head, /^To: kunde@example.com$/m);
    const decoded = /base64/i.test(head) ? Buffer.from(body, 'base64').toString('utf8') : unquoted(body);
    assert.equal(decoded.replace(/\r\n/g, '\n').trim(), message.body);
  });

  it('lets nothing typed become a second recipient or a header', async () => {
    await send({}, { recipient: 'a@example.com, b@example.com', subject: 'x\r\nBcc: c@example.com' });
    for (const { to, content } of server.letters) {
      assert.ok(to.length <= 1);
      assert.doesNotMatch(content, /^Bcc:/m);
    }
  });

  it('says never where the server says never, and later where it says later', async () => {
    server.mood = 'refuses-recipient';
    assert.deepEqual(await send(), { result: 'refused', reason: 'recipient', detail: '550 no such mailbox' });
    server.mood = 'refuses-sender';
    assert.deepEqual(await send(), { result: 'refused', reason: 'refused', detail: '550 this sender may not' });
    server.mood = 'refuses';
    assert.deepEqual(await send(), { result: 'refused', reason: 'refused', detail: '554 this looks like spam' });
    server.mood = 'busy';
    assert.deepEqual(await send(), { result: 'later', reason: 'busy', detail: '451 try again later' });
    const wrong = await send({ password: 'wrong' });
    assert.deepEqual([wrong.result, 'reason' in wrong && wrong.reason], ['later', 'sign-in']);
    assert.equal(server.letters.length, 0);
  });

  it('says never to a letter that is larger than what the server takes', async () => {
    const small = await startSmtpServer(undefined, { size: 200 });
    const outcome = await send({ port: small.port, user: '' });
    await small.stop();
    assert.deepEqual(reasonOf(outcome), ['refused', 'refused']);
  });

  it('does not know whether it was sent when the line drops after the letter was taken', async () => {
    server.mood = 'drops-after-taking';
    const outcome = await send();
    assert.deepEqual([outcome.result, 'reason' in outcome && outcome.reason], ['uncertain', 'lost']);
    assert.equal(server.letters.length, 1, 'it was taken: sending it again would be the second time');
  });

  it('gives up on a server that hangs, and says how far it was', async () => {
    server.mood = 'hangs';
    const began = Date.now();
    const outcome = await send();
    assert.equal(outcome.result, 'uncertain');
    assert.ok(Date.now() - began < 10_000);
  });

  it('reaches nobody where nobody listens, or where the other end is silent or speaks something else', async () => {
    const free = await listening(() => undefined);
    await free.stop();
    assert.deepEqual(reasonOf(await send({ port: free.port })), ['later', 'unreachable']);
    const silent = await listening(() => undefined);
    assert.deepEqual(reasonOf(await send({ port: silent.port })), ['later', 'unreachable']);
    await silent.stop();
    const web = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assert.equal((await send({ port: web.port })).result === 'sent', false);
    await web.stop();
  });

  it('is not tried without a server or a sender, and never in clear where encryption is wanted', async () => {
    assert.deepEqual(reasonOf(await send({ host: '' })), ['refused', 'not-set-up']);
    assert.deepEqual(reasonOf(await send({ from: '' })), ['refused', 'not-set-up']);
    assert.equal((await send({ security: 'starttls' })).result, 'later');
    assert.equal(server.letters.length, 0);
  });
});

function reasonOf(outcome: Awaited<ReturnType<ReturnType<typeof mailDelivery>>>): string[] {
  return 'reason' in outcome ? [outcome.result, outcome.reason] : [outcome.result];
}

function unquoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

async function listening(met: (socket: import('node:net').Socket) => void) {
  const open = new Set<import('node:net').Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    met(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of open) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
