/** The one clock, injected everywhere: epoch milliseconds (UTC). */
export type Clock = () => number;

/** The machine's clock. Only composition roots name it; everything else takes a {@link Clock}. */
export const systemClock: Clock = () => Date.now();
