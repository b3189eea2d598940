import type { FormErrors, Option } from '../page-models.js';

/** Amounts are integers of the smallest unit; the view writes them with fmt.money(amount, currency). */
interface Sums {
  unpaid: number;
  paid: number;
}

export interface LedgerRow {
  entryId: number;
  kind: 'call' | 'payment' | 'correction';
  /** With its sign: what it did to the unpaid amount. */
  amount: number;
  callId: string | null;
  billedSeconds: number | null;
  note: string;
  bank: string;
  /** '' = the machine. */
  userName: string;
  at: number;
}

/** `pay/index` · GET /pay?only=unpaid&after= */
export interface PayPage {
  currency: string;
  totals: Sums;
  only: 'all' | 'unpaid';
  rows: Array<Sums & { agentId: number; agentNo: string; name: string }>;
  olderUrl: string | null;
}

/** `pay/show` · GET /pay/:agentId, POST the same {amount, note, seenPaid, seenEntry, do_pay | do_correct} with 409/422 */
export interface PayAgentPage extends Sums {
  currency: string;
  agentId: number;
  agentNo: string;
  name: string;
  bank: { name: string; account: string; holder: string };
  /** The last entry by hand; 0 = none. */
  lastEntry: number;
  /** Of the form that was sent, '' of the other. */
  pay: { amount: string; note: string; errors: FormErrors };
  correct: { amount: string; note: string; errors: FormErrors };
  /** Of the whole form, worded. */
  error: string;
  entries: LedgerRow[];
  olderUrl: string | null;
}

/** `profile/pay` · GET /profile/pay */
export interface OwnPayPage extends Sums {
  currency: string;
  entries: LedgerRow[];
  olderUrl: string | null;
}

export interface RateRow {
  rateId: number;
  /** '' = of a group. */
  agentNo: string;
  agentSurname: string;
  groupName: string;
  periodSeconds: number;
  periodAmount: number;
  connectAmount: number;
  validFrom: number;
  validTo: number | null;
  state: 'now' | 'later' | 'ended';
}

/** `pay/rates` · GET /pay/rates, POST the same {of, period, amount, connect, from, to, do_add}; POST /pay/rates/:rateId/end {do_end} */
export interface PayRatesPage {
  currency: string;
  rows: RateRow[];
  /** `agent-12`, `group-3` */
  options: Array<{ labelKey: string; options: Option[] }>;
  values: { of: string; period: string; amount: string; connect: string; from: string; to: string };
  errors: FormErrors;
}
