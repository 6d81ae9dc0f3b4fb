/** Statistics of acknowledged writes. Pure. */
import type { Gap, KeyRange } from './events.ts';

/** Anything longer between two acknowledged writes counts as a gap. */
export const GAP_THRESHOLD_MS = 100;
const GAP_LIMIT = 1_000;

export type WriteStatistics = {
  readonly acknowledged: number;
  /** When the last write was acknowledged; undefined before the first. */
  readonly lastAt: number | undefined;
  readonly longestGapMs: number;
  /** The first 1,000 of them. */
  readonly gaps: readonly Gap[];
};

export const noWrites: WriteStatistics = { acknowledged: 0, lastAt: undefined, longestGapMs: 0, gaps: [] };

/** The statistics after one more write was acknowledged at `at`, in milliseconds. */
export const afterWrite = (before: WriteStatistics, at: number): WriteStatistics => ({
  ...afterStop(before, at),
  acknowledged: before.acknowledged + 1,
  lastAt: at,
});

/** The statistics of a load that was stopped at `at`: the time since the last acknowledged write counts as well. */
export const afterStop = (before: WriteStatistics, at: number): WriteStatistics => {
  const { acknowledged, lastAt = at, gaps } = before;
  const durationMs = Math.round((at - lastAt) * 10) / 10;
  const gap: Gap = { startedAt: lastAt, durationMs, acknowledged };
  return {
    ...before,
    longestGapMs: Math.max(before.longestGapMs, durationMs),
    gaps: durationMs > GAP_THRESHOLD_MS && gaps.length < GAP_LIMIT ? [...gaps, gap] : gaps,
  };
};

/** An acknowledged key that is gone. */
export type LostKey = { readonly number: number; readonly acknowledgedAt: number };

/** Adds a lost key to a list of ranges that grows upwards. */
export const withLostKey = (ranges: readonly KeyRange[], { number, acknowledgedAt }: LostKey): readonly KeyRange[] => {
  const last = ranges.at(-1);
  if (last?.last !== number - 1) {
    return [...ranges, { first: number, last: number, firstAt: acknowledgedAt, lastAt: acknowledgedAt }];
  }
  return [...ranges.slice(0, -1), { ...last, last: number, lastAt: acknowledgedAt }];
};
