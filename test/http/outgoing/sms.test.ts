import { strict as assert } from 'node:assert';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Delivery, Outgoing } from '../../../src/services/outgoing/delivery.js';
import { smsHttpDelivery } from '../../../src/services/outgoing/sms-http.js';
import { smsSmppDelivery } from '../../../src/services/outgoing/sms-smpp.js';
import { type SmsSettings, sms } from '../../../src/settings/sms.js';
import { type SmppCentreOfTest, startSmppCentre } from '../../support/gateways/smpp.js';

const message: Outgoing = {
  messageId: 7,
  kind: 'sms',
  recipient: '13800138000',
  subject: '',
  body: '您的"订单"&x=1\n明天到',
};
const reason = (outcome: Delivery): string[] =>
  'reason' in outcome ? [outcome.result, outcome.reason] : [outcome.result];

describe('SMS by an HTTP gateway', () => {
  let server: Server;
  let url = '';
  const got: Array<{ method: string; url: string; headers: IncomingMessage['headers']; body: string }> = [];
  let answer: (req: IncomingMessage, res: ServerResponse) => void = (_, res) => res.end('OK');
  before(async () => {
    server = createServer((req, res) => {
      void text(req).then((body) => {
        got.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers, body });
        answer(req, res);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    got.splice(0);
    answer = (_, res) => res.end('OK 99');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const settings = (over: Partial<SmsSettings>): SmsSettings => ({ ...sms.defaults, gateway: 'http', url, ...over });

  it('fills number, text and id in, encoded for the place they stand in', async () => {
    const form = settings({ body: 'to=[number]&text=[text]&ref=[id]', headers: 'X-Key: abc' });
    assert.deepEqual(await smsHttpDelivery(form)(message), { result: 'sent', gatewayId: 'OK 99' });
    const fields = new URLSearchParams(got[0]?.body);
    assert.deepEqual(Object.fromEntries(fields), { to: message.recipient, text: message.body, ref: '7' });
    assert.equal(got[0]?.headers['x-key'], 'abc');
    const json = settings({ format: 'json', body: '{"to":["[number]"],"text":"[text]"}' });
    await smsHttpDelivery(json)(message);
    assert.deepEqual(JSON.parse(got[1]?.body ?? ''), { to: [message.recipient], text: message.body });
    await smsHttpDelivery(settings({ method: 'GET', url: `${url}/send?to=[number]&text=[text]` }))(message);
    const asked = new URL(got[2]?.url ?? '', url);
    assert.equal(asked.searchParams.get('text'), message.body);
    assert.deepEqual([...asked.searchParams.keys()], ['to', 'text']);
  });

  it('believes only the sign of success', async () => {
    const strict = settings({ success: '"code":0' });
    answer = (_, res) => res.end('{"code":0}');
    assert.equal((await smsHttpDelivery(strict)(message)).result, 'sent');
    answer = (_, res) => res.end('{"code":12,"error":"no credit"}');
    const outcome = await smsHttpDelivery(strict)(message);
    assert.deepEqual(reason(outcome), ['refused', 'refused']);
    assert.match('detail' in outcome ? outcome.detail : '', /no credit/);
  });

  it('does not know what an answer would have said that breaks off', async () => {
    answer = (req, res) => {
      res.writeHead(200, { 'Content-Length': '100' });
      res.write('{"co');
      setTimeout(() => req.socket.destroy(), 50);
    };
    assert.deepEqual(reason(await smsHttpDelivery(settings({ success: '"code":0' }))(message)), ['uncertain', 'lost']);
    // Any 2xx is the sign of success here, and that came.
    assert.equal((await smsHttpDelivery(settings({}))(message)).result, 'sent');
  });

  it('tells never from later from nobody knows', async () => {
    const send = smsHttpDelivery(settings({}));
    const statuses: Array<[number, string[]]> = [
      [400, ['refused', 'refused']],
      [401, ['later', 'sign-in']],
      [429, ['later', 'busy']],
      [503, ['later', 'busy']],
      [500, ['uncertain', 'gateway-failed']],
      [502, ['uncertain', 'lost']],
      [504, ['uncertain', 'lost']],
      [302, ['refused', 'refused']],
    ];
    for (const [status, expected] of statuses) {
      answer = (_, res) => res.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end();
      assert.deepEqual(reason(await send(message)), expected, String(status));
    }
    answer = (req) => req.socket.destroy();
    assert.deepEqual(reason(await send(message)), ['uncertain', 'lost']);
    assert.deepEqual(reason(await smsHttpDelivery(settings({ url: await nobody() }))(message)), [
      'later',
      'unreachable',
    ]);
    assert.deepEqual(reason(await smsHttpDelivery(settings({ url: '' }))(message)), ['refused', 'not-set-up']);
    assert.deepEqual(reason(await smsHttpDelivery(settings({ url: 'nonsense' }))(message)), ['refused', 'not-set-up']);
    assert.deepEqual(reason(await smsHttpDelivery(settings({ url: 'http://127.0.0.1:1/' }))(message)), [
      'refused',
      'not-set-up',
    ]);
  });

  it('waits as long as the gateway asks', async () => {
    const send = smsHttpDelivery(settings({}));
    const asked = async (wanted: string) => {
      answer = (_, res) => res.writeHead(503, { 'Retry-After': wanted }).end();
      const outcome = await send(message);
      return 'waitMillis' in outcome ? outcome.waitMillis : undefined;
    };
    assert.equal(await asked('7200'), 7_200_000);
    const until = await asked(new Date(Date.now() + 600_000).toUTCString());
    assert.ok(until && until > 590_000 && until <= 600_000, String(until));
    for (const nothing of ['', 'soon', '-5', new Date(0).toUTCString()]) assert.equal(await asked(nothing), 0, nothing);
    assert.equal(await asked('9'.repeat(30)), 86_400_000);
  });
});

/** An address at which nobody listens. */
async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}

describe('SMS by SMPP', function () {
  this.timeout(60_000);
  let centre: SmppCentreOfTest;
  before(async () => {
    centre = await startSmppCentre();
  });
  after(() => centre?.stop());
  const send = (of: Partial<Outgoing> = {}, over: Partial<SmsSettings> = {}, millis?: number) =>
    smsSmppDelivery(
      {
        ...{ ...sms.defaults, gateway: 'smpp', smppHost: '127.0.0.1', smppPort: centre.port, smppSystemId: 'zuoxi' },
        ...{ smppPassword: 'secret', smppSource: '10690001', ...over },
      },
      millis,
    )({ ...message, ...of });

  it('sends one part in the alphabet it needs', async () => {
    await centre.be('takes');
    assert.deepEqual(await send({ body: '您的订单明天到' }), { result: 'sent', gatewayId: 'm1' });
    assert.deepEqual(await send({ body: 'Your order comes tomorrow {1} €', recipient: '+4915112345678' }), {
      result: 'sent',
      gatewayId: 'm2',
    });
    const [chinese, english] = await centre.parts();
    assert.deepEqual([chinese?.text, chinese?.coding, chinese?.esmClass], ['您的订单明天到', 8, 0]);
    assert.deepEqual([chinese?.destination, chinese?.source], ['13800138000', '10690001']);
    assert.deepEqual([english?.text, english?.coding], ['Your order comes tomorrow {1} €', 0]);
    assert.equal(english?.destination, '4915112345678');
  });

  it('cuts a long text into numbered parts that together are the text', async () => {
    await centre.be('takes');
    const body = '订单📦'.repeat(60);
    const outcome = await send({ body });
    const parts = await centre.parts();
    assert.equal(outcome.result, 'sent');
    assert.equal(parts.map((part) => part.text).join(''), body);
    assert.ok(parts.length > 1 && parts.every((part) => part.esmClass === 0x40));
    assert.deepEqual(
      parts.map((part) => part.udh.slice(-2)),
      parts.map((_, index) => [parts.length, index + 1]),
    );
  });

  it('tells never from later from nobody knows', async () => {
    await centre.be('busy');
    assert.deepEqual(reason(await send()), ['later', 'busy']);
    await centre.be('refuses-number');
    assert.deepEqual(reason(await send()), ['refused', 'recipient']);
    assert.deepEqual(reason(await send({}, { smppPassword: 'wrong' })), ['later', 'sign-in']);
    assert.deepEqual(reason(await send({}, { smppPort: 1 })), ['later', 'unreachable']);
    assert.deepEqual(reason(await send({}, { smppHost: '' })), ['refused', 'not-set-up']);
    await centre.be('drops-second');
    assert.deepEqual(reason(await send({ body: '长'.repeat(100) })), ['uncertain', 'lost']);
  });

  it('does not know of a message that the centre never answers', async () => {
    await centre.be('silent');
    assert.deepEqual(reason(await send({}, {}, 500)), ['uncertain', 'lost']);
  });
});
