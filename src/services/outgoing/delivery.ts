/** A message as a gateway gets it. */
export interface Outgoing {
  messageId: number;
  kind: 'mail' | 'sms';
  recipient: string;
  /** '' for SMS. */
  subject: string;
  body: string;
}

export const deliveryReasons = [
  'not-set-up',
  'unreachable',
  'sign-in',
  'recipient',
  'refused',
  'busy',
  'lost',
  'gateway-failed',
] as const;
/** Why a message is not sent: locale key `outgoing-messages.reason.<reason>`. */
export type DeliveryReason = (typeof deliveryReasons)[number];

/**
 * What became of one attempt. `later` = certainly not sent, another attempt may succeed; `refused` = certainly not sent, and another attempt
 * would end the same; `uncertain` = it was handed over and no answer came: it may have been sent, so it must not be sent again by itself.
 */
export type Delivery =
  | { result: 'sent'; gatewayId: string }
  | {
      result: 'later' | 'refused' | 'uncertain';
      reason: DeliveryReason;
      detail: string;
      /** Of `later`: the gateway asks for no other attempt before so long. */
      waitMillis?: number;
    };

/** Hands one message to the gateway; never throws, never takes longer than {@link deliveryMillis}. */
export type Deliver = (message: Outgoing) => Promise<Delivery>;

/** Longest time of one attempt. The claim on a message lasts longer, so nobody else sends it meanwhile. */
export const deliveryMillis = 30_000;

/** The words of an error or of an answer, as one line a person can read. */
export function words(value: unknown): string {
  const text = value instanceof Error ? value.message : String(value ?? '');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a gateway sends is shown on a page and written to the log
  return text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
}
