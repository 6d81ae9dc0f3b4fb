/** Whether a new status is worth a write: offsets move even while nothing happens, and nobody reads them all the time. */
import type { PodStatus, RedisFailoverStatus } from '../api/types.ts';

/** A lag is told anew when it passes one of these. */
const LAG_THRESHOLDS_BYTES: readonly number[] = [2 ** 20, 2 ** 24, 2 ** 28, 2 ** 32];

/** The status without the numbers that move. */
export const withoutOffsets = (status: RedisFailoverStatus): RedisFailoverStatus => ({
  ...status,
  ...(status.pods && { pods: status.pods.map(steady) }),
});

const steady = ({ name, role, ready, version }: PodStatus): PodStatus => ({
  name,
  role,
  ready,
  ...(version !== undefined && { version }),
});

/** Whether some replica is now in another order of magnitude behind than the status says. */
export const hasLagChanged = (before: RedisFailoverStatus | undefined, after: RedisFailoverStatus): boolean =>
  (after.pods ?? []).some(({ name, lagBytes = 0 }) => {
    const known = before?.pods?.find((pod) => pod.name === name)?.lagBytes ?? 0;
    return levelOf(known) !== levelOf(lagBytes);
  });

const levelOf = (lagBytes: number): number => LAG_THRESHOLDS_BYTES.filter((threshold) => lagBytes >= threshold).length;
