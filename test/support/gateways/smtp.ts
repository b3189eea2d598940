import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** How a mail server treats the next letter. */
export type SmtpMood =
  | ('takes' | 'hangs' | 'hangs-at-recipient' | 'busy' | 'drops-after-taking')
  | ('refuses-sender' | 'refuses-recipient' | 'refuses');

export interface SmtpServerOfTest {
  port: number;
  mood: SmtpMood;
  letters: Array<{ from: string; to: string[]; content: string; user: string }>;
  stop(): Promise<void>;
}

/** A real SMTP server on loopback that takes, refuses, hangs or drops as the test says. @param size bytes it takes; 0 = any */
export async function startSmtpServer(
  login?: { user: string; password: string },
  { size = 0 }: { size?: number } = {},
): Promise<SmtpServerOfTest> {
  const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });
  const told: SmtpServerOfTest = { port: 0, mood: 'takes', letters: [], stop };
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    size,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    logger: false,
    onAuth: (auth, _session, done) =>
      auth.username === login?.user && auth.password === login?.password
        ? done(null, { user: auth.username ?? '' })
        : done(refusal(535, 'wrong name or password')),
    onMailFrom: (_address, _session, done) =>
      told.mood === 'refuses-sender' ? done(refusal(550, 'this sender may not')) : done(),
    onRcptTo: (_address, _session, done) => {
      if (told.mood === 'refuses-recipient') return done(refusal(550, 'no such mailbox'));
      if (told.mood === 'hangs-at-recipient') return;
      if (told.mood === 'busy') return done(refusal(451, 'try again later'));
      return done();
    },
    onData: (stream, session, done) => {
      void buffer(stream).then((content) => {
        if (told.mood === 'hangs') return;
        if (told.mood === 'refuses') return done(refusal(554, 'this looks like spam'));
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const user = String(session.user ?? '');
        told.letters.push({ from, to: rcptTo.map(({ address }) => address), content: content.toString('utf8'), user });
        if (told.mood === 'drops-after-taking') return cut(session.remotePort);
        done(null, 'queued as 4711');
      });
    },
  });
  // Lines are cut under the server, as a network does.
  const sockets = new Map<number, { destroy(): void }>();
  server.server.on('connection', (socket) => sockets.set(socket.remotePort ?? 0, socket));
  function cut(port: number): void {
    sockets.get(port)?.destroy();
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  told.port = (server.server.address() as AddressInfo).port;
  function stop(): Promise<void> {
    for (const socket of sockets.values()) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  }
  return told;
}
