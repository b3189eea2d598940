import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on loopback between our server and the AMI, which a test can cut. */
export interface AmiCut {
  host: string;
  port: number;
  /** Number of connections that are open through it. */
  readonly connections: number;
  /** Breaks all connections and refuses new ones. */
  cut(): void;
  /** Keeps connections open but passes nothing on, as a dead line does. */
  stall(): void;
  /** Lets everything through again; what was stalled arrives now. */
  heal(): Promise<void>;
  /** Ends the proxy. */
  stop(): Promise<void>;
}

/** Starts a proxy for the AMI at this address. */
export async function startAmiCut(target: { host: string; port: number }): Promise<AmiCut> {
  const pairs = new Set<[Socket, Socket]>();
  let stalled = false;

  const accept = (near: Socket) => {
    const far = connect({ host: target.host, port: target.port });
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    const end = () => {
      near.destroy();
      far.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.on('data', (data: Buffer) => far.write(data));
    far.on('data', (data: Buffer) => near.write(data));
    if (stalled) for (const socket of pair) socket.pause();
  };

  let server: Server | undefined = await listen(accept, 0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const { port } = address;

  const breakAll = () => {
    for (const [near] of [...pairs]) near.resetAndDestroy();
  };
  const close = () => {
    server?.close();
    server = undefined;
    breakAll();
  };
  return {
    host: '127.0.0.1',
    port,
    get connections() {
      return pairs.size;
    },
    cut: close,
    stall: () => {
      stalled = true;
      for (const socket of [...pairs].flat()) socket.pause();
    },
    heal: async () => {
      stalled = false;
      for (const socket of [...pairs].flat()) socket.resume();
      server ??= await listen(accept, port);
    },
    stop: async () => close(),
  };
}

function listen(accept: (socket: Socket) => void, port: number): Promise<Server> {
  const server = createServer(accept);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => resolve(server));
  });
}
