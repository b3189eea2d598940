import type { AnsweredLeg } from '../models/pay-calls.js';
import type { PayRate } from '../models/pay-rates.js';

/** What an agent's part of a call is worth. */
export interface Earned {
  teamId: number;
  agentId: number;
  callId: string;
  rateId: number;
  billedSeconds: number;
  amount: number;
}

/** Amount of one call (domain guide 14.2): every period that has begun, and the connect fee. */
export function amountOf(
  rate: Pick<PayRate, 'periodSeconds' | 'periodAmount' | 'connectAmount'>,
  seconds: number,
): number {
  return rate.connectAmount + Math.ceil(seconds / rate.periodSeconds) * rate.periodAmount;
}

/**
 * The rate of a leg: the agent's goes before the group's, of several the one that began last. It must have held when the agent answered,
 * so a call is worth the same whenever it is looked at.
 */
export function rateOf(
  rates: readonly PayRate[],
  { teamId, agentId, groupId, answeredAt }: AnsweredLeg,
): PayRate | null {
  const held = rates.filter(
    (rate) =>
      rate.teamId === teamId && rate.validFrom <= answeredAt && (rate.validTo === null || answeredAt < rate.validTo),
  );
  const latest = (some: readonly PayRate[]): PayRate | null =>
    some.toSorted((a, b) => b.validFrom - a.validFrom || b.rateId - a.rateId)[0] ?? null;
  return (
    latest(held.filter((rate) => rate.agentId === agentId)) ??
    (groupId === null ? null : latest(held.filter((rate) => rate.groupId === groupId)))
  );
}

/** Legs made into entries, one a call and agent; an agent who was in a call twice has both times counted, by the rate of the first. */
export function earnedBy(rates: readonly PayRate[], legs: readonly AnsweredLeg[]): Earned[] {
  const parts = new Map<string, AnsweredLeg[]>();
  for (const leg of legs) {
    const key = JSON.stringify([leg.callId, leg.agentId]);
    parts.set(key, [...(parts.get(key) ?? []), leg]);
  }
  return [...parts.values()].flatMap((of) => {
    const [first] = of;
    const rate = first && rateOf(rates, first);
    if (!first || !rate) return [];
    const millis = of.reduce((sum, { answeredAt, endedAt }) => sum + Math.max(0, endedAt - answeredAt), 0);
    // As Asterisk's billsec: whole seconds. An answered call is never worth nothing.
    const billedSeconds = Math.max(1, Math.floor(millis / 1000));
    const amount = amountOf(rate, billedSeconds);
    const { teamId, agentId, callId } = first;
    return amount > 0 ? [{ teamId, agentId, callId, rateId: rate.rateId, billedSeconds, amount }] : [];
  });
}
