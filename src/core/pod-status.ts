/** What the status says of single pods. */
import type { PodStatus } from '../api/types.ts';
import { lagBytes } from './lag.ts';
import type { RedisPod, SentinelPod } from './observation.ts';
import { type AnsweringRedis, follows, type Situation } from './situation.ts';

/** Every pod, by name. */
export const podStatuses = (situation: Situation): readonly PodStatus[] =>
  [
    ...situation.redis.map((pod) => redisStatus(situation, pod)),
    ...situation.sentinels.map((pod): PodStatus => ({ ...readiness(pod), role: 'sentinel', ...versionOf(pod) })),
  ].sort((one, other) => (one.name < other.name ? -1 : 1));

/** The versions that run, as `8.0.2` or `7.4.1, 8.0.2`; undefined when no pod says. */
export const versionsOf = (pods: readonly (RedisPod | SentinelPod)[]): string | undefined => {
  const versions = new Set(pods.flatMap((pod) => versionOf(pod).version ?? []));
  return versions.size === 0 ? undefined : [...versions].sort(byNumbers).join(', ');
};

const redisStatus = (situation: Situation, pod: RedisPod): PodStatus => {
  if (pod.answer.kind !== 'answer') return { ...readiness(pod), role: 'unknown' };
  const { role, offset } = pod.answer;
  const answering = situation.answering.find(({ uid }) => uid === pod.uid);
  return { ...readiness(pod), role, ...versionOf(pod), offset, ...lagOf(situation, answering) };
};

const lagOf = ({ master, port }: Situation, pod: AnsweringRedis | undefined): Pick<PodStatus, 'lagBytes'> =>
  master !== undefined && pod !== undefined && follows(pod, master, port)
    ? { lagBytes: Math.max(0, lagBytes(pod, master)) }
    : {};

const readiness = ({ name, ready }: RedisPod | SentinelPod): Pick<PodStatus, 'name' | 'ready'> => ({ name, ready });

const versionOf = ({ answer }: RedisPod | SentinelPod): Pick<PodStatus, 'version'> =>
  answer.kind === 'answer' && answer.version !== '' ? { version: answer.version } : {};

const byNumbers = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
