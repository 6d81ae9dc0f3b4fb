import type { Clock } from '../ports.ts';
import { KubeApiError } from './errors.ts';

/**
 * Runs `work` with a signal that fires when the caller's does, or with a `timeout` error after `timeoutMs`. It is for `work`
 * to end on the signal.
 */
export const withDeadline = async <T>(
  { clock, timeoutMs, signal }: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => {
    deadline.abort(new KubeApiError({ code: 'timeout', message: `no answer within ${Math.round(timeoutMs)} ms` }));
  });
  try {
    return await work(AbortSignal.any([signal, deadline.signal]));
  } finally {
    cancel();
  }
};
