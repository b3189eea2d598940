import type { Db } from '../../db/database.js';
import type { Log } from '../../log.js';
import * as messages from '../../models/outgoing-messages.js';
import { mail } from '../../settings/mail.js';
import { readSection } from '../../settings/read.js';
import { sms } from '../../settings/sms.js';
import { type Deliver, type Delivery, deliveryMillis } from './delivery.js';
import { mailDelivery } from './mail.js';
import { smsHttpDelivery } from './sms-http.js';
import { smsSmppDelivery } from './sms-smpp.js';

export interface OutboxOptions {
  db: Db;
  log: Log;
  now: () => number;
  /** Name of this process, for claims. */
  claimant: string;
  /** Tells the page that shows the message. */
  publish: (topics: readonly string[]) => Promise<void>;
}

/** Waits before the second, third … attempt. After the last one the message has failed. */
export const backOffMillis: readonly number[] = [60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000, 4 * 60 * 60_000];
/** A claim outlives the longest attempt. */
const claimMillis = deliveryMillis + 30_000;
/** Attempts at the same time, of each kind: a gateway that hangs holds up its own kind only. */
const atOnce = 4;

export const outgoingTopic = (messageId: number): string => `outgoing:${messageId}`;

/**
 * The queue of e-mail and SMS. Any process may send; a claim in the database sees to it that one does. What was handed over without an
 * answer is never sent again by itself.
 */
export class Outbox {
  constructor(private readonly options: OutboxOptions) {}

  /**
   * Tries one message now, as somebody waits for the result. Resolves when the attempt is over or after `millis`, whichever is first; the
   * attempt itself goes on.
   */
  async tryNow(messageId: number, millis: number): Promise<void> {
    const attempt = this.#attempt(messageId).catch((error: unknown) =>
      this.options.log.error({ err: error, messageId }, 'a message could not be tried'),
    );
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, millis);
    });
    await Promise.race([attempt, late]);
    clearTimeout(timer);
  }

  /** A turn of the job: what is due of this kind. */
  async turn(kind: messages.OutgoingKind): Promise<void> {
    const { db, now } = this.options;
    const ids = await messages.due(db, kind, now(), atOnce);
    await Promise.all(ids.map((messageId) => this.#attempt(messageId)));
  }

  /** Attempts of processes that died. */
  async sweep(): Promise<void> {
    const { db, log, now, publish } = this.options;
    for (const { messageId } of await messages.abandon(db, now())) {
      log.warn({ messageId }, 'an attempt to send was never concluded, the message may have been sent');
      await publish([outgoingTopic(messageId)]);
    }
  }

  async #attempt(messageId: number): Promise<void> {
    const { db, log, now, claimant, publish } = this.options;
    const message = await messages.claim(db, messageId, claimant, now(), now() + claimMillis);
    if (!message) return;
    await publish([outgoingTopic(messageId)]);
    const delivery = await this.#deliver(message);
    const outcome = outcomeOf(delivery, message.attempts, now());
    await messages.conclude(db, messageId, claimant, outcome, now());
    const { state, reason } = outcome;
    log.info({ messageId, kind: message.kind, state, reason, attempts: message.attempts }, 'tried to send a message');
    await publish([outgoingTopic(messageId)]);
  }

  async #deliver(message: messages.OutgoingMessage): Promise<Delivery> {
    const deliver = await this.#gateway(message);
    return deliver(message);
  }

  async #gateway({ kind, teamId }: messages.OutgoingMessage): Promise<Deliver> {
    const { db } = this.options;
    if (kind === 'mail') return mailDelivery(await readSection(db, teamId, mail));
    const settings = await readSection(db, teamId, sms);
    if (settings.gateway === 'http') return smsHttpDelivery(settings);
    if (settings.gateway === 'smpp') return smsSmppDelivery(settings);
    return async () => ({ result: 'refused', reason: 'not-set-up', detail: '' });
  }
}

/** @param attempts made so far, this one included */
function outcomeOf(delivery: Delivery, attempts: number, now: number): Parameters<typeof messages.conclude>[3] {
  if (delivery.result === 'sent') {
    return { state: 'sent', reason: '', detail: '', gatewayId: delivery.gatewayId, nextAt: null };
  }
  const { reason, detail } = delivery;
  const told = { reason, detail, gatewayId: '' };
  if (delivery.result === 'uncertain') return { state: 'uncertain', ...told, nextAt: null };
  const wait = delivery.result === 'later' ? backOffMillis[attempts - 1] : undefined;
  return wait === undefined
    ? { state: 'failed', ...told, nextAt: null }
    : { state: 'pending', ...told, nextAt: now + Math.max(wait, delivery.waitMillis ?? 0) };
}
