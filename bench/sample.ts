/** What one run of a scenario gave, and what several of them say together. Pure. */
import type { ClientKind, KeyRange, Summary, Verification } from './client/events.ts';
import type { Timeline } from './timeline.ts';

/** One value for each client. */
export type PerClient<T> = Readonly<Record<ClientKind, T>>;

/** Requests that an operator made in a minute. Those for its lease, which proves that it lives, are counted apart. */
export type Requests = { readonly reads: number; readonly writes: number; readonly leases: number };

/** How the clients fared. `lost` is undefined when the keys could not be looked for. */
export type Writing = {
  readonly gapMs: PerClient<number>;
  readonly lost: PerClient<number | undefined>;
  readonly errors: PerClient<number>;
};

export type Sample = {
  readonly writing?: Writing;
  readonly durationMs?: number;
  readonly requests?: Requests;
  readonly timeline?: Timeline;
};

/** A run that did not come to its end. */
export type Failure = { readonly failure: string };

export const isFailure = (result: Sample | Failure): result is Failure => 'failure' in result;

/** The middle value, of an even number of values the mean of the two in the middle; undefined of none. */
export const median = (values: readonly number[]): number | undefined => {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
};

/** The largest value; undefined of none. */
export const worst = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : Math.max(...values);

/** Reads two summaries. With `before`, only keys that were acknowledged until then count as lost. */
export const writingOf = (summaries: PerClient<Summary>, before = Number.POSITIVE_INFINITY): Writing => {
  const { sentinel, service } = summaries;
  return {
    gapMs: { sentinel: sentinel.longestGapMs, service: service.longestGapMs },
    lost: { sentinel: lostUntil(sentinel.verification, before), service: lostUntil(service.verification, before) },
    errors: { sentinel: errorsOf(sentinel), service: errorsOf(service) },
  };
};

const errorsOf = ({ errors }: Summary): number => Object.values(errors).reduce((sum, count) => sum + count, 0);

/** How many of the keys acknowledged until `at` are lost; undefined when that is not known. */
export const lostUntil = (verification: Verification, at: number): number | undefined => {
  if (verification.kind === 'failed') return undefined;
  if (at === Number.POSITIVE_INFINITY) return verification.lost;
  return verification.lostKeys.reduce((sum, range) => sum + partUntil(range, at), 0);
};

/** Writes go at an even pace, so the part of a range that was acknowledged until `at` follows from its ends. */
const partUntil = ({ first, last, firstAt, lastAt }: KeyRange, at: number): number => {
  if (at < firstAt) return 0;
  if (at >= lastAt) return last - first + 1;
  return 1 + Math.floor(((last - first) * (at - firstAt)) / (lastAt - firstAt));
};
