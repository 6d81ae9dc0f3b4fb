import type { Verdict } from '../plan.ts';
import { follows, inSync, type Situation } from '../situation.ts';

/** A replica tells nobody that it has caught up; its pod does, by becoming ready, unless it never ceased to be. */
const LOOK_MS = 1_000;

/** Looks again while a ready replica is yet to receive what the master has, so that the status says soon that it did. It acts on nothing. */
export const lookForSync = ({ master, answering, port }: Situation): Verdict => {
  const isSyncing =
    master !== undefined &&
    answering.some((pod) => pod.ready && !pod.deleting && follows(pod, master, port) && !inSync(pod, master, port));
  return isSyncing ? { recheckMs: LOOK_MS } : {};
};
