import type { Clock } from '../ports.ts';

/** How many Events one object may have at once, and how long until it may have one more, as client-go has it. */
const BURST = 25;
const REFILL_MS = 300_000;
/** Objects that are remembered; the one used longest ago is forgotten first, and starts with a full allowance. */
const OBJECTS_LIMIT = 4096;

/** A token bucket for each object, so that one that flaps does not flood the API server. */
export class EventAllowance {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { readonly tokens: number; readonly atMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True, and one less is left, when the object with this uid may have another Event. */
  take(uid: string): boolean {
    const atMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(uid) ?? { tokens: BURST, atMs };
    const tokens = Math.min(BURST, bucket.tokens + (atMs - bucket.atMs) / REFILL_MS);
    this.#buckets.delete(uid);
    this.#buckets.set(uid, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs });
    const oldest = this.#buckets.keys().next();
    if (this.#buckets.size > OBJECTS_LIMIT && oldest.done !== true) this.#buckets.delete(oldest.value);
    return tokens >= 1;
  }
}
