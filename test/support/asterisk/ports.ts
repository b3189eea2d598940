import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';

const first = 12000;
const size = 1000;
const blocks = 20;

/** The ports of one rig. They lie below the range from which the kernel hands out ports of its own. */
export interface PortBlock {
  pbxAmi: number;
  farmAmi: number;
  pbxSip: number;
  farmSip: number;
  /** First and last port of each side's RTP range: two ports a leg. */
  pbxRtp: [number, number];
  farmRtp: [number, number];
  /** Gives the block back. */
  release(): Promise<void>;
}

/** Picks a free block of ports; it is guarded by a listener of this process, so that rigs running at once do not collide. */
export async function takePorts(): Promise<PortBlock> {
  const start = Math.floor(Math.random() * blocks);
  for (let turn = 0; turn < blocks; turn++) {
    const base = first + ((start + turn) % blocks) * size;
    const guard = await listen(base);
    if (!guard) continue;
    if (
      (await tcpFree(base + 1)) &&
      (await tcpFree(base + 2)) &&
      (await udpFree(base + 3)) &&
      (await udpFree(base + 4))
    ) {
      return {
        pbxAmi: base + 1,
        farmAmi: base + 2,
        pbxSip: base + 3,
        farmSip: base + 4,
        pbxRtp: [base + 10, base + 499],
        farmRtp: [base + 500, base + 989],
        release: () => close(guard),
      };
    }
    await close(guard);
  }
  throw new Error('no free block of ports between 12000 and 32000');
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer();
  server.unref();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(server));
  });
}

async function tcpFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server) await close(server);
  return server !== undefined;
}

async function udpFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ address: '0.0.0.0', port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
