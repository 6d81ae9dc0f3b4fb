import { isBlank, isRelated } from '../elect.ts';
import type { AnsweringRedis } from '../situation.ts';

/**
 * An empty master that is not of the same history must not wipe a replica that holds data. Its offset says nothing for long: it
 * grows with what Sentinel publishes. But a replica that kept no history (offset 0) may well be one of this master's.
 */
export const wouldLoseData = (pod: AnsweringRedis, master: AnsweringRedis): boolean =>
  (isBlank(master.answer) || (master.answer.keys === 0 && pod.answer.offset > 0)) &&
  pod.answer.keys > 0 &&
  !isRelated(pod.answer, master.answer);
