/** Settings of {@link until}. */
export interface UntilOptions {
  /** Milliseconds after which to give up. */
  within?: number;
  /** Milliseconds between two looks. */
  every?: number;
}

/**
 * Looks again and again until the probe answers something truthy, and returns that. Tests wait with this, never by sleeping.
 * @param what said in the error when the time is over
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  { within = 5000, every = 20 }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      last = await probe();
      if (last) return last as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) throw new Error(`not within ${within} ms: ${what} (last answer: ${describe(last)})`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

function describe(value: unknown): string {
  return value instanceof Error ? value.message : (JSON.stringify(value) ?? String(value));
}
