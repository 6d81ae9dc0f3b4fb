import { infoAgesOf, promotionSeenAfterMs } from '../info-moment.ts';
import type { WatchingSentinel } from '../situation.ts';

/** The Sentinel that will see a promotion first, if it is asked for a failover now; undefined of none. */
export const soonest = (sentinels: readonly WatchingSentinel[]): WatchingSentinel | undefined =>
  sentinels.toSorted((one, other) => seenAfterMs(one) - seenAfterMs(other))[0];

const seenAfterMs = ({ answer }: WatchingSentinel): number => promotionSeenAfterMs(infoAgesOf(answer.replicas));
