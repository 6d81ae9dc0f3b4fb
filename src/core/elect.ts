/** Which Redis should become master when Sentinel cannot say: the one with the best data. */
import type { MasterStatus } from '../api/types.ts';
import type { RedisAnswer } from './observation.ts';

/** A pod with what its Redis says. */
export type Candidate = { readonly name: string; readonly answer: RedisAnswer };

/**
 * The candidate whose data is best. Data before none; then the history: see `historyRank`; among histories of which nothing is
 * known, keys before none; then those with a replica-priority that is not 0 (which means: never, or not in sync), the higher
 * replication offset, the lower priority, and the name, so that every operator chooses the same. Undefined when there is no
 * candidate. https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#replication-id-explained
 */
export const bestOf = <T extends Candidate>(candidates: readonly T[], last: MasterStatus | undefined): T | undefined =>
  [...candidates].sort((one, other) => compare(one, other, last))[0];

/** Whether this Redis holds nothing and never did. */
export const isBlank = (answer: RedisAnswer): boolean => answer.keys === 0 && answer.offset === 0;

/** Whether one of the two has, or directly descends from, the history of the other. */
export const isRelated = (one: RedisAnswer, other: RedisAnswer): boolean =>
  one.replicationId === other.replicationId ||
  one.secondReplicationId === other.replicationId ||
  one.replicationId === other.secondReplicationId;

/** Whether its data is provably not that of the last confirmed master. One that knows no history may have it. */
export const isStale = (candidate: Candidate, last: MasterStatus | undefined): boolean =>
  last !== undefined && historyRank(candidate, last) === UNKNOWN && !lacksHistory(candidate.answer);

/** Whether it has the history of the last confirmed master, and followed it until it was lost. */
export const hasKeptUp = (candidate: Candidate, last: MasterStatus | undefined): boolean =>
  last !== undefined && historyRank(candidate, last) >= KEPT_UP;

const compare = (one: Candidate, other: Candidate, last: MasterStatus | undefined): number => {
  const rank = historyRank(one, last);
  return (
    Number(isBlank(one.answer)) - Number(isBlank(other.answer)) ||
    historyRank(other, last) - rank ||
    (rank === UNKNOWN ? Number(one.answer.keys === 0) - Number(other.answer.keys === 0) : 0) ||
    Number(one.answer.priority === 0) - Number(other.answer.priority === 0) ||
    other.answer.offset - one.answer.offset ||
    one.answer.priority - other.answer.priority ||
    (one.name < other.name ? -1 : 1)
  );
};

const UNKNOWN = 0;
const KEPT_UP = 3;

/**
 * A descendant of the last confirmed master's history comes first; then who kept up with that history until it was lost; then
 * the pod of that master itself, if it has data without a history; then who has that history from a file; then any other.
 */
const historyRank = ({ name, answer }: Candidate, last: MasterStatus | undefined): number => {
  if (last === undefined) return UNKNOWN;
  if (answer.secondReplicationId === last.replicationId) return 4;
  if (answer.replicationId === last.replicationId) return keptUp(answer) ? KEPT_UP : 1;
  return name === last.pod && lacksHistory(answer) ? 2 : UNKNOWN;
};

/** Not started since; `rankReplicas` takes the priority of one that was wired and has not received its data yet. */
const keptUp = ({ role, masterHost, syncing, priority }: RedisAnswer): boolean =>
  role === 'master' || (masterHost !== undefined && masterHost !== '127.0.0.1' && !syncing && priority > 0);

/** An append-only file keeps the data but not the replication id and offset; a snapshot keeps both. */
const lacksHistory = (answer: RedisAnswer): boolean => answer.keys > 0 && answer.offset === 0;
