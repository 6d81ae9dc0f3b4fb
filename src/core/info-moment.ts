/** When Sentinel will look at the replica that it promotes: the longest part of a failover is the wait for that. */

/** During a failover Sentinel reads the INFO of every replica this often, whatever it did before. */
const INFO_PERIOD_MS = 1_000;
/**
 * From SENTINEL FAILOVER until the timer's turn in which Sentinel tells the chosen replica to be master: it is the third,
 * and the second comes within 200 ms. An INFO sent before that comes too early, and the next one is a period away; one that
 * is due in the third turn follows the promotion on the same connection.
 */
const PROMOTION_MS = 225;
/** A look at the promoted replica this much later than it could be costs no more than one turn of the timer. */
const SLACK_MS = 100;

/**
 * How long after SENTINEL FAILOVER the Sentinel will see the promotion, by how long ago it read the INFO of each replica.
 * Only a choice of the moment and of the Sentinel depends on it, never correctness.
 */
export const promotionSeenAfterMs = (infoAgesMs: readonly number[]): number =>
  Math.max(...infoAgesMs.map((age) => seenAfterMs(age)));

/** The ages of what Sentinel knows of the replicas it may choose. */
export const infoAgesOf = (
  replicas: readonly { readonly flags: readonly string[]; readonly infoRefreshMs: number }[],
): readonly number[] =>
  replicas.filter(({ flags }) => !flags.includes('s_down')).map(({ infoRefreshMs }) => infoRefreshMs);

/** Whether a failover that is asked for now is seen about as soon as it can be. */
export const isGoodMoment = (infoAgesMs: readonly number[]): boolean =>
  infoAgesMs.length > 0 && promotionSeenAfterMs(infoAgesMs) <= PROMOTION_MS + SLACK_MS;

const seenAfterMs = (ageMs: number): number => {
  const dueMs = Math.max(0, INFO_PERIOD_MS - ageMs);
  return dueMs < PROMOTION_MS ? INFO_PERIOD_MS + dueMs : dueMs;
};
