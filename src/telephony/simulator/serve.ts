import { createInterface } from 'node:readline';
import { z } from 'zod';
import { EventBlaster } from './event-blaster.js';
import type { PbxOptions } from './options.js';
import { SimulatedPbx } from './pbx.js';

/**
 * The simulated PBX as a process of its own, for load tests that must not share their event loop with it:
 * `node serve.js '<PbxOptions as JSON>'`. It prints a JSON line {"port"} and then answers each JSON line of its input with one.
 */
const command = z.discriminatedUnion('do', [
  /** Steady load, answered with the BlastReport. */
  z.object({ do: z.literal('blast'), eventsPerSecond: z.number().positive(), seconds: z.number().positive() }),
  /** As fast as possible, answered with {events}. */
  z.object({ do: z.literal('burst'), events: z.number().int().positive() }),
  z.object({ do: z.literal('call'), did: z.string(), cli: z.string() }),
  z.object({ do: z.literal('restart') }),
  z.object({ do: z.literal('state') }),
]);

async function obey(pbx: SimulatedPbx, line: string): Promise<unknown> {
  const order = command.parse(JSON.parse(line));
  switch (order.do) {
    case 'blast':
      return new EventBlaster(pbx).run(order);
    case 'burst': {
      const blaster = new EventBlaster(pbx);
      return { events: blaster.burst(order.events) + blaster.finish() };
    }
    case 'call':
      return { id: pbx.world.call(order.did, order.cli)?.id ?? null };
    case 'restart':
      await pbx.restart();
      return { port: pbx.port };
    case 'state':
      return { channels: pbx.exchange.channels.size, sessions: pbx.ami.sessionCount, unread: pbx.ami.unread };
  }
}

function say(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

const pbx = new SimulatedPbx(JSON.parse(process.argv[2] ?? '{"extensions":[]}') as PbxOptions);
await pbx.start();
say({ port: pbx.port });
for await (const line of createInterface({ input: process.stdin })) {
  try {
    say(await obey(pbx, line));
  } catch (error) {
    say({ error: error instanceof Error ? error.message : String(error) });
  }
}
await pbx.stop();
