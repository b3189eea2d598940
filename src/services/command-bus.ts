import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { ActionOutcome, AgentSnapshot, Asker } from '../actions/action.js';
import { DomainError, Forbidden, InvalidInput, NotFound, NotNow, TelephonyDown } from '../errors.js';
import type { Log } from '../log.js';
import type { ActionRegistry, CommandBus, InternalAnswer } from './index.js';
import type { Operations } from './operations.js';
import type { Sagas } from './sagas.js';
import { SignatureCheck, sign } from './signature.js';
import { isUnreached } from './unreached.js';

/** A command between processes. `name` is an action's, or one of the bus's own, which no browser can name: `@sign-off`, `@lock`, `@unlock`. */
export interface Command {
  name: string;
  agentId: number;
  asker: Asker;
  fields: unknown;
}

/** What the process that holds the PBX gives the bus; null in the others. */
export interface Holder {
  operations: Operations;
  /** State and call from the switchboard, the rest from the database. null: no such agent. */
  snapshot(agentId: number): Promise<AgentSnapshot | null>;
  /** false: the PBX may still have him in a queue. */
  signOff(agentId: number, asker: Asker): Promise<boolean>;
  sagas: Sagas;
  presence(from: string, agentIds: readonly number[]): void;
  aliveCalls(callIds: readonly string[]): string[];
  clearCall(callId: string, asker: Asker): Promise<void>;
}

export interface CommandBusOptions {
  actions: ActionRegistry;
  /** The holder, when it is this very process. */
  holder: () => Holder | null | Promise<Holder | null>;
  /** URL of the process that holds the PBX; null = nobody does. */
  holderUrl: () => Promise<string | null>;
  /** Shared by all processes. */
  secret: string;
  processName: string;
  now: () => number;
  log: Log;
  fetch?: typeof fetch;
}

/** More than the longest operation takes on a PBX that answers hardly anything: a check-in on another phone, taken back again. */
const commandMillis = 120_000;
/** What is answered out of memory. */
const questionMillis = 10_000;
/** How often who waits looks whether the other still holds the PBX: the answer of one that has lost it does not count. */
const lookMillis = 1_000;
/** Every process has one; see {@link CommandBus} for what it promises to the web. */
export class ServiceBus implements CommandBus {
  readonly #options: CommandBusOptions;
  readonly #signatures: SignatureCheck;

  constructor(options: CommandBusOptions) {
    this.#options = options;
    this.#signatures = new SignatureCheck(options.secret, options.now);
  }

  async run(name: string, agentId: number, asker: Asker, fields: unknown): Promise<ActionOutcome> {
    const action = this.#options.actions.byName(name);
    if (!action) throw new NotFound('action-unknown');
    parse(action.input, fields);
    const holder = await this.#options.holder();
    if (holder) return this.#carryOut(holder, name, agentId, asker, fields);
    return outcomeSchema.parse(await this.#forward({ name, agentId, asker, fields }));
  }

  async lock(agentId: number, asker: Asker, reason: string, note = ''): Promise<void> {
    await this.#own({ name: '@lock', agentId, asker, fields: { reason, note } });
  }

  async unlock(agentId: number, asker: Asker): Promise<void> {
    await this.#own({ name: '@unlock', agentId, asker, fields: null });
  }

  async aliveCalls(callIds: readonly string[]): Promise<string[]> {
    if (callIds.length === 0) return [];
    const holder = await this.#options.holder();
    if (holder) return holder.aliveCalls(callIds);
    return z.array(z.string()).parse(await this.#send('@alive', { name: '@alive', callIds }));
  }

  async clearCall(callId: string, asker: Asker): Promise<void> {
    await this.#own({ name: '@clear-call', agentId: 0, asker, fields: callId });
  }

  async signOff(agentId: number, asker: Asker): Promise<boolean> {
    try {
      const holder = await this.#options.holder();
      if (holder) return await holder.signOff(agentId, asker);
      return (await this.#forward({ name: '@sign-off', agentId, asker, fields: null })) === true;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.#options.log.warn({ agentId, code: error.code }, 'signed off without the PBX knowing');
      return false;
    }
  }

  /** Tells the holder which agents have a desk open in this process. Quiet when there is no holder: it is told again soon. */
  async tellPresence(agentIds: readonly number[]): Promise<void> {
    const { holder, processName } = this.#options;
    const here = await holder();
    if (here) return here.presence(processName, agentIds);
    try {
      await this.#send('@presence', { name: '@presence', from: processName, agentIds });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  /** The other end of {@link #forward}: checks the signature, carries out, answers JSON. */
  async receive(headers: IncomingHttpHeaders, rawBody: string): Promise<InternalAnswer> {
    try {
      if (!this.#signatures.accept(headers, rawBody)) throw new Forbidden('internal-signature');
      const holder = await this.#options.holder();
      // The sender's picture of the lease was old.
      if (!holder) throw new TelephonyDown('no-listener');
      return { status: 200, body: JSON.stringify(await this.#carryOutMessage(holder, JSON.parse(rawBody))) };
    } catch (error) {
      return this.#refusal(error);
    }
  }

  async #carryOutMessage(holder: Holder, message: unknown): Promise<unknown> {
    const presence = presenceSchema.safeParse(message);
    if (presence.success) {
      holder.presence(presence.data.from, presence.data.agentIds);
      return {};
    }
    const alive = aliveSchema.safeParse(message);
    if (alive.success) return holder.aliveCalls(alive.data.callIds);
    const command = commandSchema.parse(message);
    const { name, agentId, asker, fields } = command;
    if (!name.startsWith('@')) return this.#carryOut(holder, name, agentId, asker, fields);
    if (name === '@sign-off') return holder.signOff(agentId, asker);
    await carryOutOwn(holder, command);
    return {};
  }

  async #own(command: Command): Promise<void> {
    const holder = await this.#options.holder();
    if (holder) await carryOutOwn(holder, command);
    else await this.#forward(command);
  }

  async #carryOut(
    holder: Holder,
    name: string,
    agentId: number,
    asker: Asker,
    fields: unknown,
  ): Promise<ActionOutcome> {
    const action = this.#options.actions.byName(name);
    if (!action) throw new NotFound('action-unknown');
    const input = parse(action.input, fields);
    return holder.sagas.run(agentId, async () => {
      const snapshot = await holder.snapshot(agentId);
      if (!snapshot) throw new NotFound('agent-unknown');
      const reason = action.unavailable(snapshot);
      if (reason === 'link-down') throw new TelephonyDown();
      if (reason) throw new NotNow(`unavailable.${reason}`);
      const about = aboutOf(fields);
      if (about !== '' && action.about && about !== action.about(snapshot)) throw new NotNow('changed-meanwhile');
      return action.run({ asker, snapshot, operations: holder.operations }, input);
    });
  }

  async #forward(command: Command): Promise<unknown> {
    return this.#send(command.name, command, commandMillis);
  }

  async #send(name: string, message: unknown, millis = questionMillis): Promise<unknown> {
    const { holderUrl, secret, now, log } = this.#options;
    const url = await holderUrl();
    if (url === null) throw new TelephonyDown('no-listener');
    const body = JSON.stringify(message);
    const lost = new AbortController();
    const watch = setInterval(() => void this.#holds(url).then((holds) => holds || lost.abort()), lookMillis);
    try {
      const answer = await (this.#options.fetch ?? fetch)(new URL('/internal/commands', url), {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...sign(secret, now(), body) },
        signal: AbortSignal.any([lost.signal, AbortSignal.timeout(millis)]),
      });
      return this.#understand(answer.status, await answer.text());
    } catch (error) {
      if (error instanceof DomainError) throw error;
      log.warn({ err: error, name, url }, 'the listening process did not answer');
      throw new TelephonyDown(isUnreached(error) ? 'no-listener' : 'not-confirmed');
    } finally {
      clearInterval(watch);
    }
  }

  /** While it can't be read nobody is known to have taken the PBX. */
  async #holds(url: string): Promise<boolean> {
    return this.#options.holderUrl().then(
      (holder) => holder === url,
      () => true,
    );
  }

  #understand(status: number, body: string): unknown {
    if (status === 200) return JSON.parse(body);
    const refused = refusalSchema.safeParse(JSON.parse(body));
    if (!refused.success) throw new TelephonyDown('no-listener');
    const { code, params, fields } = refused.data;
    if (status === 422) throw new InvalidInput(code, fields, params);
    if (status === 409) throw new NotNow(code, params);
    if (status === 404) throw new NotFound(code, params);
    if (status === 403) throw new Forbidden(code, params);
    throw new TelephonyDown(code, params);
  }

  #refusal(error: unknown): InternalAnswer {
    if (error instanceof DomainError) {
      const fields = error instanceof InvalidInput ? error.fields : {};
      return { status: error.status, body: JSON.stringify({ code: error.code, params: error.params, fields }) };
    }
    this.#options.log.error({ err: error }, 'a command of another process failed');
    return { status: 500, body: JSON.stringify({ code: 'internal', params: {}, fields: {} }) };
  }
}

const withAbout = z.object({ about: z.string() });

/** What the page showed that was pressed; '' = it does not say. */
function aboutOf(fields: unknown): string {
  const parsed = withAbout.safeParse(fields);
  return parsed.success ? parsed.data.about : '';
}

async function carryOutOwn(holder: Holder, { name, agentId, asker, fields }: Command): Promise<void> {
  if (name === '@lock') {
    const { reason, note } = lockSchema.parse(fields);
    await holder.operations.lock(agentId, asker, reason, note);
  } else if (name === '@clear-call') await holder.clearCall(String(fields), asker);
  else if (name === '@unlock') await holder.operations.unlock(agentId, asker);
  else throw new NotFound('action-unknown');
}

const askerSchema = z.object({
  accountId: z.number(),
  userName: z.string(),
  teamId: z.number().nullable(),
  agentId: z.number().nullable(),
  address: z.string(),
  approval: z.object({ accountId: z.number(), userName: z.string() }).optional(),
});
const lockSchema = z.object({ reason: z.string(), note: z.string() });
const commandSchema = z.object({ name: z.string(), agentId: z.number(), asker: askerSchema, fields: z.unknown() });
const aliveSchema = z.object({ name: z.literal('@alive'), callIds: z.array(z.string()) });
const presenceSchema = z.object({ name: z.literal('@presence'), from: z.string(), agentIds: z.array(z.number()) });
const params = z.record(z.string(), z.union([z.string(), z.number()]));
const outcomeSchema = z.union([
  z.object({ status: z.enum(['done', 'requested']), message: z.string(), params }),
  z.object({ status: z.literal('ask'), question: z.string(), params, choices: z.array(z.string()) }),
]);
const refusalSchema = z.object({ code: z.string(), params, fields: z.record(z.string(), z.string()) });

/** Messages of the schemas are locale keys; what zod itself would say becomes the general one. */
function parse<T>(schema: z.ZodType<T>, fields: unknown): T {
  const parsed = schema.safeParse(fields ?? {});
  if (parsed.success) return parsed.data;
  const wrong: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.join('.');
    wrong[field] ??= /^(errors|actions)\.[a-z.-]+$/.test(issue.message) ? issue.message : 'errors.invalid';
  }
  throw new InvalidInput('invalid', wrong);
}
