/**
 * Who is master where there are no Sentinels. `status.elected` plays the part of Sentinel's configuration epoch: the operator
 * writes there whom it chose before it makes that pod master, so that an operator which comes later, after a crash at any
 * point, takes the same one for the master and the other for the one that has to give way.
 */
import { bestOf } from './elect.ts';
import type { AnsweringRedis, Situation } from './situation.ts';

type Seen = Pick<Situation, 'failover' | 'masters' | 'answering' | 'redis'>;

/**
 * The elected pod, if it says that it is master. While it is a replica that is yet to be promoted, the last confirmed master.
 * While it does not answer, nobody: it may have been promoted. With nobody elected, the best of those that say so.
 */
export const electedMaster = ({ failover, masters, answering, redis }: Seen): AnsweringRedis | undefined => {
  const { elected, master: last } = failover.status ?? {};
  if (elected === undefined) return bestOf(masters, last);
  const chosen = masters.find(({ name }) => name === elected);
  if (chosen !== undefined) return chosen;
  const before = masters.find(({ name }) => name === last?.pod);
  const isReplica = answering.some(({ name }) => name === elected);
  const isGone = !redis.some(({ name }) => name === elected);
  return isReplica || isGone ? before : undefined;
};

/**
 * Whether a pod may be made master now: with Sentinels always; otherwise when the status names it, or on first boot, unless
 * the pods hold what they received from a source outside.
 */
export const isRecorded = ({ alone, failover }: Pick<Situation, 'alone' | 'failover'>, pod: string): boolean => {
  const { elected, master, bootstrap } = failover.status ?? {};
  return !alone || elected === pod || (elected === undefined && master === undefined && bootstrap === undefined);
};

/** What the status is to say: whom a rule chose, else who is master, else what it says. Undefined where Sentinels elect, or nobody is. */
export const electedStatus = (
  { alone, failover, master, source }: Pick<Situation, 'alone' | 'failover' | 'master' | 'source'>,
  chosen: string | undefined,
): string | undefined =>
  alone && source === undefined ? (chosen ?? master?.name ?? failover.status?.elected) : undefined;
