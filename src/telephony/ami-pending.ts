import { TelephonyDown } from '../errors.js';
import {
  type AmiAction,
  type AmiFields,
  type AmiRecord,
  type AmiResponse,
  copyFields,
  PbxRefused,
  text,
} from './ami-record.js';

/** One action from its call to its answer. `items` is null for a plain action, the collected list for a list action. */
export interface PendingAction {
  readonly actionId: string;
  readonly action: AmiAction;
  readonly items: AmiFields[] | null;
  readonly resolve: (answer: PendingAnswer) => void;
  readonly reject: (error: Error) => void;
  timer: NodeJS.Timeout | null;
  sent: boolean;
}
export interface PendingAnswer {
  response: AmiResponse;
  items: AmiFields[];
}

/** What Asterisk answers, as an error, to a list action that finds nothing (telephony.md 3.2 row 8). */
const EMPTY_LIST = /^no (contacts found|active conferences|conference by that name found|inbound registrations found)/i;

/**
 * The actions of one connection that wait for their answer: at most `limit` on the wire, the others behind them for as long as the
 * connection is up and their own time-out lets them. Nothing survives the connection: telephony.md 3.2 row 5.
 */
export class PendingActions {
  /** Answers whose action had been given up. */
  late = 0;
  readonly #open = new Map<string, PendingAction>();
  readonly #waiting: PendingAction[] = [];
  #onWire = 0;

  constructor(
    private readonly limit: number,
    private readonly write: (pending: PendingAction) => void,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  /** Sends now or as soon as there is room; rejects with TelephonyDown 'telephony-timeout' after `millis`. */
  add(actionId: string, action: AmiAction, isList: boolean, millis: number): Promise<PendingAnswer> {
    return new Promise((resolve, reject) => {
      const pending: PendingAction = {
        actionId,
        action,
        items: isList ? [] : null,
        resolve,
        reject,
        timer: null,
        sent: false,
      };
      pending.timer = setTimeout(() => this.#expire(pending), millis);
      this.#open.set(actionId, pending);
      this.#waiting.push(pending);
      this.#fill();
    });
  }

  /** Takes a message if it belongs to an open action. A message with an Event is a list item, never an answer (row 7: OriginateResponse). */
  take(record: AmiRecord): boolean {
    const actionId = text(record, 'actionid');
    if (actionId === '') return false;
    const pending = this.#open.get(actionId);
    if (record.event === undefined) {
      if (pending === undefined) this.late += 1;
      else this.#answer(pending, record);
      return true;
    }
    if (pending?.items == null) return false;
    this.#item(pending, pending.items, record);
    return true;
  }

  /** Rejects everything: the connection is gone. */
  failAll(error: Error): void {
    const all = [...this.#open.values()];
    this.#open.clear();
    this.#waiting.length = 0;
    this.#onWire = 0;
    for (const pending of all) {
      if (pending.timer) clearTimeout(pending.timer);
      pending.reject(error);
    }
  }

  #fill(): void {
    while (this.#onWire < this.limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (!this.#open.has(next.actionId)) continue;
      next.sent = true;
      this.#onWire += 1;
      this.write(next);
    }
  }

  #answer(pending: PendingAction, record: AmiRecord): void {
    const fields = copyFields(record);
    const response: AmiResponse = {
      success: /^(success|goodbye|follows)$/i.test(fields.response ?? ''),
      message: fields.message ?? '',
      actionId: pending.actionId,
      fields,
    };
    if (pending.items === null) this.#settle(pending, { response, items: [] });
    else this.#listAnswer(pending, response);
  }

  #listAnswer(pending: PendingAction, response: AmiResponse): void {
    const empty = !response.success && EMPTY_LIST.test(response.message);
    // A list action may answer without announcing a list; then nothing more will follow.
    const alone = response.success && (response.fields.eventlist ?? '').toLowerCase() !== 'start';
    if (empty || alone) this.#settle(pending, { response, items: [] });
    else if (!response.success) this.#refuse(pending, response.message);
  }

  #item(pending: PendingAction, items: AmiFields[], record: AmiRecord): void {
    const mark = text(record, 'eventlist').toLowerCase();
    const fields = copyFields(record);
    if (mark === 'cancelled') this.#refuse(pending, 'list cancelled');
    else if (mark !== 'complete') items.push(fields);
    else this.#settle(pending, { response: { success: true, message: '', actionId: pending.actionId, fields }, items });
  }

  #refuse(pending: PendingAction, message: string): void {
    this.#close(pending);
    pending.reject(new PbxRefused(pending.action.name, message));
  }

  #expire(pending: PendingAction): void {
    this.#close(pending);
    pending.reject(new TelephonyDown('telephony-timeout', { action: pending.action.name }));
  }

  #settle(pending: PendingAction, answer: PendingAnswer): void {
    this.#close(pending);
    pending.resolve(answer);
  }

  #close(pending: PendingAction): void {
    if (!this.#open.delete(pending.actionId)) return;
    if (pending.timer) clearTimeout(pending.timer);
    if (pending.sent) this.#onWire -= 1;
    this.#fill();
  }
}
