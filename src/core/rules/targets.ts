import type { PodTarget, RedisTarget, SentinelTarget } from '../plan.ts';
import type { AnsweringRedis, AnsweringSentinel } from '../situation.ts';

/** What an action needs to find this pod, and to notice that it is another one by now. */
export const podTarget = (pod: { readonly name: string; readonly uid: string }): PodTarget => ({
  pod: pod.name,
  uid: pod.uid,
});

/** The same for a Redis process. */
export const redisTarget = (pod: AnsweringRedis): RedisTarget => ({
  ...podTarget(pod),
  runId: pod.answer.runId,
  role: pod.answer.role,
});

/** The same for a Sentinel. */
export const sentinelTarget = (pod: AnsweringSentinel): SentinelTarget => ({ ...podTarget(pod), id: pod.answer.id });
