/** Whether a failover is as it should be, in the view of Kubernetes. Pure. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { ROLE_LABEL } from '../src/api/names.ts';
import type { RedisFailover } from '../src/api/types.ts';

export type Member = { readonly name: string; readonly uid: string; readonly node: string };

export type Health =
  | {
      readonly kind: 'healthy';
      readonly master: Member;
      readonly redis: readonly Member[];
      readonly all: readonly Member[];
    }
  | { readonly kind: 'unhealthy'; readonly why: string };

export type Seen = {
  readonly failover: RedisFailover | undefined;
  readonly pods: readonly Pod[];
  /** How many of each component there should be. */
  readonly replicas: number;
  /** Whether the operator has a condition Ready. Those that have none are judged by pods and role labels alone. */
  readonly reportsReady: 'yes' | 'no';
};

/** All pods are there and ready, exactly one Redis is labelled master, and Ready is True for the newest spec. */
export const healthOf = (seen: Seen): Health => {
  const why = readyComplaint(seen) ?? podsComplaint(seen);
  if (why !== undefined) return { kind: 'unhealthy', why };
  const redis = seen.pods.filter((pod) => isOf(pod, 'redis'));
  const masters = redis.filter((pod) => pod.metadata?.labels?.[ROLE_LABEL] === 'master');
  const [master] = masters;
  if (master === undefined || masters.length > 1) {
    return { kind: 'unhealthy', why: `${masters.length} pods are labelled master` };
  }
  return { kind: 'healthy', master: memberOf(master), redis: redis.map(memberOf), all: seen.pods.map(memberOf) };
};

const readyComplaint = ({ failover, reportsReady }: Seen): string | undefined => {
  if (failover === undefined) return 'there is no RedisFailover';
  if (reportsReady === 'no') return undefined;
  const { conditions = [], observedGeneration } = failover.status ?? {};
  if (observedGeneration !== failover.metadata.generation) return 'the operator has not seen the newest spec';
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return undefined;
  return `Ready is ${ready?.status ?? 'missing'}: ${ready?.message ?? ''}`;
};

const podsComplaint = ({ pods, replicas }: Seen): string | undefined => {
  const counts = { redis: pods.filter((pod) => isOf(pod, 'redis')).length, all: pods.length };
  if (counts.redis !== replicas || counts.all !== 2 * replicas) {
    return `${counts.redis} Redis pods and ${counts.all - counts.redis} others`;
  }
  const unready = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata?.name ?? '');
  return unready.length === 0 ? undefined : `not ready: ${unready.join(', ')}`;
};

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false);

const isOf = ({ metadata }: Pod, component: string): boolean =>
  metadata?.labels?.['app.kubernetes.io/component'] === component;

const memberOf = ({ metadata, spec }: Pod): Member => ({
  name: metadata?.name ?? '',
  uid: metadata?.uid ?? '',
  node: spec?.nodeName ?? '',
});
