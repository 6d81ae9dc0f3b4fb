/** When a status is written, and what counts as stored until the cache has heard of it. */
import { isDeepStrictEqual } from 'node:util';
import type { RedisFailover, RedisFailoverStatus } from '../api/types.ts';
import { hasLagChanged, withoutOffsets } from '../core/status-changes.ts';

/** A change of nothing but offsets is written no sooner than this after the last write. */
const OFFSETS_SPACING_MS = 10_000;

/** A status that was written, when, and the version of the failover in the cache it was made from. */
export type Written = { readonly replaces: string; readonly status: RedisFailoverStatus; readonly at: number };

/** The failover with the status that was written last, while the cache has not heard of that yet. */
export const withWritten = <T extends RedisFailover>(failover: T, written: Written | undefined): T =>
  written !== undefined && failover.metadata.resourceVersion === written.replaces
    ? { ...failover, status: written.status }
    : failover;

/** Whether the status says something new since the stored one, which was last written at `writtenAt` if that is known. */
export const isWorthWriting = (
  before: RedisFailoverStatus | undefined,
  after: RedisFailoverStatus,
  { now, writtenAt }: { readonly now: number; readonly writtenAt: number | undefined },
): boolean =>
  !isDeepStrictEqual(plain(before && withoutOffsets(before)), plain(withoutOffsets(after))) ||
  (hasLagChanged(before, after) && now - (writtenAt ?? 0) >= OFFSETS_SPACING_MS);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
