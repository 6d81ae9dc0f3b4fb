/** Pods that get nowhere, and workloads that get no pods: those whose Events are worth reading. Pure. */
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PodFacts } from './observation.ts';

/** A pod is ready within this time unless something is wrong, or its data is large. */
const START_MS = 5_000;

/** Whether the pod should be ready by now, and is not. */
export const isStuck = (pod: PodFacts, at: number): boolean =>
  !pod.ready && !pod.deleting && at - pod.createdAt >= START_MS;

/** Whether the StatefulSet has fewer pods than it is asked for. */
export const lacksPods = ({ spec }: StatefulSet, pods: readonly PodFacts[]): boolean =>
  pods.length < (spec?.replicas ?? 1);
