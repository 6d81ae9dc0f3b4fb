/** The write load: unique keys one after another, each tried until it is acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, LoadError } from './connection.ts';
import type { LoadEvent } from './events.ts';
import { afterStop, afterWrite, noWrites, type WriteStatistics } from './gaps.ts';

/** The definition of the load in docs/benchmarks.md. */
const WRITE_INTERVAL_MS = 5;
const RETRY_MS = 20;
const PROGRESS_INTERVAL_MS = 500;
const WRITE_LIMIT = 500_000;

export type Load = {
  /** Key number n is `PREFIX:n`. */
  readonly prefix: string;
  readonly connect: () => Promise<Connection>;
  readonly say: (event: LoadEvent) => void;
  /** Ends the load. */
  readonly signal: AbortSignal;
};

export type Written = {
  readonly statistics: WriteStatistics;
  readonly errors: Readonly<Record<string, number>>;
  /** When each key was acknowledged, by its number. */
  readonly acknowledgedAt: readonly number[];
};

type State = {
  statistics: WriteStatistics;
  connection: Connection | undefined;
  readonly errors: Record<string, number>;
  readonly acknowledgedAt: number[];
  inTrouble: boolean;
  saidAt: number;
};

/** Writes until the signal or the limit. As a key is tried until it is acknowledged, keys 0 to n-1 are when it ends. */
export const writeUntilStopped = async (load: Load): Promise<Written> => {
  const state = newState();
  let dueAt = now();
  while (!load.signal.aborted && state.statistics.acknowledged < WRITE_LIMIT) {
    const succeeded = await writeOnce(load, state);
    sayProgress(load, state);
    dueAt = Math.max(dueAt + WRITE_INTERVAL_MS, now());
    await sleep(succeeded ? Math.max(0, dueAt - now()) : RETRY_MS);
  }
  state.connection?.close();
  const { statistics, errors, acknowledgedAt } = state;
  return { statistics: afterStop(statistics, now()), errors, acknowledgedAt };
};

/** The key that `writeUntilStopped` gives a number. */
export const keyOf = (prefix: string, number: number): string => `${prefix}:${number}`;

/** Milliseconds since 1970, from the clock that never jumps. */
export const now = (): number => performance.timeOrigin + performance.now();

const newState = (): State => ({
  statistics: noWrites,
  connection: undefined,
  errors: {},
  acknowledgedAt: [],
  inTrouble: false,
  saidAt: 0,
});

const writeOnce = async (load: Load, state: State): Promise<boolean> => {
  const { acknowledged } = state.statistics;
  try {
    state.connection ??= await load.connect();
    await state.connection.call('SET', keyOf(load.prefix, acknowledged), String(acknowledged));
    acknowledge(load, state);
    return true;
  } catch (error) {
    state.connection?.close();
    state.connection = undefined;
    noteError(load, state, error);
    return false;
  }
};

const acknowledge = (load: Load, state: State): void => {
  const before = state.statistics;
  const at = now();
  state.statistics = afterWrite(before, at);
  state.acknowledgedAt.push(at);
  state.inTrouble = false;
  const gap = state.statistics.gaps.at(-1);
  if (gap !== undefined && state.statistics.gaps.length > before.gaps.length) load.say({ event: 'gap', ...gap });
};

const noteError = (load: Load, state: State, error: unknown): void => {
  const { kind, message } = describeError(error);
  state.errors[kind] = (state.errors[kind] ?? 0) + 1;
  if (!state.inTrouble) {
    load.say({ event: 'trouble', at: now(), kind, message, acknowledged: state.statistics.acknowledged });
  }
  state.inTrouble = true;
};

const describeError = (error: unknown): { readonly kind: string; readonly message: string } =>
  error instanceof LoadError ? { kind: error.code, message: error.message } : { kind: 'BUG', message: String(error) };

const sayProgress = (load: Load, state: State): void => {
  const at = now();
  if (at - state.saidAt < PROGRESS_INTERVAL_MS) return;
  state.saidAt = at;
  const { acknowledged, lastAt = at } = state.statistics;
  load.say({ event: 'progress', at, acknowledged, openGapMs: Math.round(at - lastAt) });
};
