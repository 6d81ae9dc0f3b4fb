/** What a Redis holds that its master never had: the end of a split brain, counted before it is overwritten. */
import type { DivergenceStatus } from '../api/types.ts';
import { isHeld } from './nowhere.ts';
import type { Divergence, RedisAnswer } from './observation.ts';
import type { Problem } from './plan.ts';
import type { AnsweringRedis, Situation } from './situation.ts';

type History = Pick<RedisAnswer, 'replicationId' | 'secondReplicationId' | 'secondOffset' | 'offset'>;
type Holder = { readonly name: string; readonly answer: History & Pick<RedisAnswer, 'keys'> };

/** The file of a history, in the directory of the data. The same history always has the same one. */
export const divergentFile = (replicationId: string): string => `divergent-${replicationId}.rdb`;

/** A PING to replicas as it is in the replication stream; no write is as short. */
const PING_BYTES = 14;

/**
 * What `pod` holds that `master` never had; undefined when that is nothing. Counted by the replication stream: from the offset
 * at which one of them was promoted, which its second replication id remembers. Without such a point nobody knows how much.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#replication-id-explained
 */
export const divergenceOf = (
  { name, answer }: Holder,
  master: { readonly answer: History },
): Omit<Divergence, 'at'> | undefined => {
  const shared = sharedOffset(master.answer, answer);
  const bytes = shared === undefined ? undefined : answer.offset - shared;
  if (bytes === undefined ? answer.keys === 0 : bytes <= 0 || bytes === PING_BYTES) return undefined;
  return { pod: name, replicationId: answer.replicationId, bytes };
};

/**
 * The last divergence: the one that is known, until a newer one is seen now or was counted in a demotion. One seen again keeps
 * its time.
 */
export const divergenceStatus = (situation: Situation): DivergenceStatus | undefined => {
  const last = lastDivergence(situation);
  const uid = situation.redis.find(({ name }) => name === last?.pod)?.uid ?? '';
  const keeping = situation.keeping.get(uid);
  if (last === undefined || keeping?.state !== 'kept' || keeping.replicationId !== last.replicationId) return last;
  return { ...last, keptAs: `${last.pod}:/data/${divergentFile(last.replicationId)}` };
};

const lastDivergence = (situation: Situation): DivergenceStatus | undefined => {
  const known = situation.failover.status?.divergence;
  const seen = seenNow(situation);
  const found = seen ?? situation.divergence;
  if (found === undefined) return known;
  const last = statusOf(found);
  if (known === undefined) return last;
  const isNews = !isSame(last, known) && (seen !== undefined || Date.parse(last.time) > Date.parse(known.time));
  return isNews ? last : known;
};

/** For the Event about a divergence that is new, or newly kept. `held`: it is not overwritten yet. */
export const divergenceProblem = (
  { pod, bytes, keptAs }: DivergenceStatus,
  { master, held }: { readonly master: string; readonly held: boolean },
): Problem => {
  const what =
    bytes === undefined
      ? 'what it held alone; how much is not known, because their replication histories have no point in common'
      : `${bytes} bytes of its replication stream that ${master} never had: writes, and what Sentinel publishes and PINGs, if any`;
  const gives = `${pod} gives way to ${master} and`;
  if (keptAs !== undefined)
    return { reason: 'DivergentWritesKept', message: `${gives} keeps ${what}; all its data is in ${keptAs}` };
  return held
    ? { reason: 'DivergentWritesHeld', message: `${gives} is to save ${what}` }
    : { reason: 'DivergentWritesDiscarded', message: `${gives} loses ${what}` };
};

/**
 * A replica that does not follow yet still has the history it had before: as a second master that Sentinel demoted, or that
 * restarted, or as a replica that had received more than the one that was promoted. What follows is counted no more. Where
 * histories have no point in common it may be no branch at all; it is one where a second master was held, or its data kept.
 */
const seenNow = (situation: Situation): Divergence | undefined => {
  const { answering, master, at } = situation;
  if (master === undefined) return undefined;
  const found = answering
    .filter((pod) => pod.uid !== master.uid && isUnsynced(pod))
    .flatMap((pod) => {
      const divergence = divergenceOf(pod, master);
      const counts = divergence?.bytes !== undefined || isHeld(pod) || situation.keeping.get(pod.uid)?.state === 'kept';
      return divergence !== undefined && counts ? [divergence] : [];
    });
  const [most] = found.sort((one, other) => (other.bytes ?? 0) - (one.bytes ?? 0));
  return most && { ...most, at };
};

const isUnsynced = ({ answer }: AnsweringRedis): boolean =>
  answer.role === 'replica' && !answer.linkUp && !answer.loading;

/** The last byte that both have; undefined when neither descends from the other's history, nor both from one. */
const sharedOffset = (one: History, other: History): number | undefined => {
  if (one.secondReplicationId === other.replicationId) return one.secondOffset - 1;
  if (other.secondReplicationId === one.replicationId) return other.secondOffset - 1;
  const haveParent = one.secondOffset > 0 && one.secondReplicationId === other.secondReplicationId;
  return haveParent ? Math.min(one.secondOffset, other.secondOffset) - 1 : undefined;
};

const statusOf = ({ pod, replicationId, bytes, at }: Divergence): DivergenceStatus => ({
  pod,
  replicationId,
  ...(bytes !== undefined && { bytes }),
  time: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
});

/** Whether both are about the same data. */
export const isSame = (one: DivergenceStatus, other: DivergenceStatus | undefined): boolean =>
  one.pod === other?.pod && one.replicationId === other.replicationId && one.bytes === other.bytes;
