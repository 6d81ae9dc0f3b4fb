/** The disruption budgets of a failover. https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { type Component, memberLabels, redisName, sentinelName } from '../../api/names.ts';
import { childMetadata } from './metadata.ts';

/** Budget `rfr-NAME`: a drain takes one Redis pod at a time. Undefined for a single pod, which it would keep from ever moving. */
export const redisBudget = ({
  failover,
  redisReplicas,
}: {
  readonly failover: DefaultedFailover;
  readonly redisReplicas: number;
}): PodDisruptionBudget | undefined =>
  redisReplicas > 1 && failover.spec.redis.disablePodDisruptionBudget !== true
    ? budget(failover, { name: redisName(failover.metadata.name), component: 'redis' })
    : undefined;

/** Budget `rfs-NAME`: a drain takes one Sentinel at a time, so that the others keep their majority. Undefined for a single one. */
export const sentinelBudget = (failover: DefaultedFailover): PodDisruptionBudget | undefined =>
  failover.spec.sentinel.replicas > 1 && failover.spec.sentinel.disablePodDisruptionBudget !== true
    ? budget(failover, { name: sentinelName(failover.metadata.name), component: 'sentinel' })
    : undefined;

const budget = (
  failover: DefaultedFailover,
  identity: { name: string; component: Component },
): PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: childMetadata(failover, identity),
  spec: { maxUnavailable: 1, selector: { matchLabels: memberLabels(failover.metadata.name, identity.component) } },
});
