import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/** A condition that did not come true in time. */
export class DeadlineError extends Error {
  readonly code = 'deadline';
}

/** Asks every 100 ms until the answer is true; rejects with a `DeadlineError` naming `what` after `timeoutMs`. */
export const waitUntil = async (
  condition: () => Promise<boolean>,
  { what, timeoutMs }: { readonly what: string; readonly timeoutMs: number },
): Promise<void> => {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new DeadlineError(`waited ${timeoutMs / 1000} s in vain until ${what}`);
    await sleep(POLL_MS);
  }
};
