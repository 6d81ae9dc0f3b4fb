/** How far a replica is behind its master. */
import type { AnsweringRedis } from './situation.ts';

/**
 * Well within the replication backlog, so that such a replica catches up from memory even when its link breaks, and in a
 * small part of the time for which a hand-over pauses writes.
 */
const ALLOWED_LAG_BYTES = 1_048_576;

/**
 * Whether a replica that follows `master` has applied nearly all of what the master has written. A link that is up does not
 * say so: after a full synchronization a busy master still has to send what was written meanwhile. Master and replica are
 * asked at the same moment, not at the same instant, and the master writes on: hence the allowance. Of the replica's own
 * offset and the one it last confirmed to the master both may be old, neither too high.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
 */
export const isCaughtUp = (replica: AnsweringRedis, master: AnsweringRedis): boolean =>
  lagBytes(replica, master) <= ALLOWED_LAG_BYTES;

/** Bytes of the replication stream that `replica` lacks; below 0 when it was asked later than the master. */
export const lagBytes = (replica: AnsweringRedis, master: AnsweringRedis): number => {
  const confirmed = master.answer.connectedReplicas.find(({ ip }) => ip === replica.ip)?.offset ?? 0;
  return master.answer.offset - Math.max(replica.answer.offset, confirmed);
};
