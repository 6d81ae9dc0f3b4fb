/** Delays that double from `baseMs` up to `limitMs`. */
export type Backoff = { readonly baseMs: number; readonly limitMs: number };

/**
 * Milliseconds to wait after `failures` (1, 2, …) failures in a row. `random` in [0, 1) spreads the wait over the upper half
 * of the delay, so that many waiters do not come back at once.
 */
export const backoffDelayMs = (
  backoff: Backoff,
  { failures, random }: { readonly failures: number; readonly random: number },
): number => {
  const doublings = Math.min(Math.max(failures - 1, 0), MAX_DOUBLINGS);
  const delayMs = Math.min(backoff.baseMs * 2 ** doublings, backoff.limitMs);
  return delayMs * (0.5 + random / 2);
};

const MAX_DOUBLINGS = 30;
