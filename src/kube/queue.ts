import type { Clock, Random } from '../ports.ts';
import { type Backoff, backoffDelayMs } from './backoff.ts';

/** What the queue tells of itself, for metrics. */
export type QueueHooks = {
  readonly onDepth?: (depth: number) => void;
  /** How long a key waited for a worker. */
  readonly onWaited?: (waitedMs: number) => void;
  readonly onWorked?: (workedMs: number) => void;
  /** A handler threw; its key is retried. */
  readonly onError?: (key: string, error: unknown) => void;
};

export type QueueOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  readonly hooks?: QueueHooks;
};

/** Works on one key; what to do is for it to find out. May call `retry` or `addAfter` for its own key. */
export type Handler = (key: string) => Promise<void>;

type Timer = { readonly dueMs: number; readonly cancel: () => void };

/**
 * Keys that wait for work. However often a key is added, it waits once, and one worker at a time works on it; a key added
 * while it is worked on is worked on again afterwards. Its size is bounded by the number of distinct keys.
 */
export class WorkQueue {
  readonly #options: QueueOptions;
  /** Keys that wait, first come first served, with the monotonic time since when. */
  readonly #waiting = new Map<string, number>();
  readonly #running = new Set<string>();
  /** Keys that were added while running, with the time since when. */
  readonly #again = new Map<string, number>();
  readonly #timers = new Map<string, Timer>();
  readonly #failures = new Map<string, number>();
  readonly #idle: (() => void)[] = [];

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** How many keys wait for a worker. */
  get depth(): number {
    return this.#waiting.size + this.#again.size;
  }

  add(key: string): void {
    const since = this.#options.clock.monotonicMs();
    if (this.#running.has(key)) {
      if (!this.#again.has(key)) this.#again.set(key, since);
    } else if (!this.#waiting.has(key)) {
      this.#waiting.set(key, since);
      this.#idle.shift()?.();
    }
    this.#tellDepth();
  }

  /** Adds the key after a delay; of several delays of one key the earliest counts. */
  addAfter(key: string, delayMs: number): void {
    const dueMs = this.#options.clock.monotonicMs() + delayMs;
    const timer = this.#timers.get(key);
    if (timer !== undefined && timer.dueMs <= dueMs) return;
    timer?.cancel();
    const cancel = this.#options.clock.after(delayMs, () => {
      this.#timers.delete(key);
      this.add(key);
    });
    this.#timers.set(key, { dueMs, cancel });
  }

  /** Adds the key after a delay that grows with every retry until `forget`. Returns the delay in milliseconds. */
  retry(key: string): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const delayMs = backoffDelayMs(this.#options.backoff, { failures, random: this.#options.random.next() });
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** Starts the key's delays over. Happens by itself after a handler that neither threw nor called `retry`. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * Works with up to `workers` handlers at once until the signal fires, then waits for those at work and resolves. Keys that
   * still wait then are dropped. Once per queue.
   */
  async run(workers: number, handler: Handler, signal: AbortSignal): Promise<void> {
    const wakeAll = (): void => {
      for (const wake of this.#idle.splice(0)) wake();
    };
    signal.addEventListener('abort', wakeAll, { once: true });
    await Promise.all(Array.from({ length: workers }, () => this.#work(handler, signal)));
    signal.removeEventListener('abort', wakeAll);
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  async #work(handler: Handler, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = this.#waiting.entries().next();
      if (next.done === true) await new Promise<void>((wake) => this.#idle.push(wake));
      else await this.#process(next.value, handler);
    }
  }

  async #process([key, since]: readonly [string, number], handler: Handler): Promise<void> {
    const { clock, hooks } = this.#options;
    const startMs = clock.monotonicMs();
    const failures = this.#failures.get(key);
    this.#waiting.delete(key);
    this.#running.add(key);
    this.#tellDepth();
    hooks?.onWaited?.(startMs - since);
    try {
      await handler(key);
      if (this.#failures.get(key) === failures) this.forget(key);
    } catch (error) {
      hooks?.onError?.(key, error);
      this.retry(key);
    } finally {
      hooks?.onWorked?.(clock.monotonicMs() - startMs);
      this.#finish(key);
    }
  }

  #finish(key: string): void {
    this.#running.delete(key);
    const since = this.#again.get(key);
    if (since === undefined) return;
    this.#again.delete(key);
    this.#waiting.set(key, since);
    this.#idle.shift()?.();
  }

  #tellDepth(): void {
    this.#options.hooks?.onDepth?.(this.depth);
  }
}
