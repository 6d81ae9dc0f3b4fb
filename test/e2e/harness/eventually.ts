import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 500;

/** A state that was not reached in time; the message says what was seen last. */
export class NotReachedError extends Error {
  readonly code = 'not-reached';
}

/**
 * Tries `probe` again and again until it does not throw, and resolves to what it returns. After `deadlineMs` it rejects
 * with the description and the last thing that `probe` threw: that is the last state observed.
 */
export const eventually = async <T>(description: string, deadlineMs: number, probe: () => Promise<T>): Promise<T> => {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() > deadline) throw notReached(description, deadlineMs, error);
    }
    await sleep(POLL_MS);
  }
};

const notReached = (description: string, deadlineMs: number, last: unknown): NotReachedError =>
  new NotReachedError(`not within ${deadlineMs / 1000} s: ${description}\nlast seen: ${describe(last)}`);

/** An assertion with a message of its own does not say what was there instead. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof AssertionError) || error.operator === '==') return error.message;
  return `${error.message}: ${JSON.stringify(error.actual)} instead of ${JSON.stringify(error.expected)}`;
};
