/** Which Redis should become master when Sentinel cannot say: the one with the best data. */
import type { MasterStatus } from '../api/types.ts';
import type { RedisAnswer } from './observation.ts';

/** A pod with what its Redis says. */
export type Candidate = { readonly name: string; readonly answer: RedisAnswer };

/**
 * The candidate whose data is best. Data before none; then the history: a descendant of the last confirmed master's,
 * then that history itself, then any other; then those with a replica-priority that is not 0 (which means: never),
 * the higher replication offset, the lower priority, and the name, so that every operator chooses the same. Undefined when there is no candidate.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/replication/#replication-id-explained
 */
export const bestOf = <T extends Candidate>(candidates: readonly T[], last: MasterStatus | undefined): T | undefined =>
  [...candidates].sort((one, other) => compare(one, other, last))[0];

/** Whether this Redis holds nothing and never did. */
export const isBlank = (answer: RedisAnswer): boolean => answer.keys === 0 && answer.offset === 0;

const compare = (one: Candidate, other: Candidate, last: MasterStatus | undefined): number =>
  Number(isBlank(one.answer)) - Number(isBlank(other.answer)) ||
  historyRank(other.answer, last) - historyRank(one.answer, last) ||
  Number(one.answer.priority === 0) - Number(other.answer.priority === 0) ||
  other.answer.offset - one.answer.offset ||
  one.answer.priority - other.answer.priority ||
  (one.name < other.name ? -1 : 1);

const historyRank = (answer: RedisAnswer, last: MasterStatus | undefined): number => {
  if (last === undefined) return 0;
  if (answer.secondReplicationId === last.replicationId) return 2;
  return answer.replicationId === last.replicationId ? 1 : 0;
};
