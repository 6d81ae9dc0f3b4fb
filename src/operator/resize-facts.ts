/** How far the node is with a change of a running pod's resources. https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#pod-resize-status */
import type { PodCondition, ResourceRequirements } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { ResizeFacts } from '../core/observation.ts';
import { asksFor } from '../core/resize.ts';

/** A pod, as far as a resize is concerned, with the fields of Kubernetes 1.33 that the types do not know yet. */
type Resizable = {
  readonly metadata?: Pick<ObjectMeta, 'generation'>;
  readonly spec?: {
    readonly containers: readonly {
      readonly name: string;
      readonly resources?: ResourceRequirements;
      readonly resizePolicy?: readonly { readonly restartPolicy: string }[];
    }[];
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly PodCondition[];
    readonly containerStatuses?: readonly { readonly name: string; readonly resources?: ResourceRequirements }[];
  };
};

/** Facts on every pod; one that nobody resized is done when its node has looked at it. */
export const resizeFacts = (pod: Resizable): ResizeFacts => {
  const containers = pod.spec?.containers ?? [];
  return {
    asked: Object.fromEntries(containers.map(({ name, resources = {} }) => [name, resources])),
    restarts: containers.some(({ resizePolicy = [] }) =>
      resizePolicy.some(({ restartPolicy }) => restartPolicy === 'RestartContainer'),
    ),
    progress: progressOf(pod),
  };
};

const progressOf = (pod: Resizable): ResizeFacts['progress'] => {
  const conditions = pod.status?.conditions ?? [];
  const standing = conditions.filter(({ type, status }) => CONDITIONS.has(type) && status === 'True');
  if (standing.some(({ reason }) => reason === 'Infeasible')) return { kind: 'infeasible' };
  // A node before Kubernetes 1.33, or one that is told not to, says nothing of the resources that are in effect.
  const statuses = pod.status?.containerStatuses ?? [];
  if (statuses.length > 0 && statuses.every(({ resources }) => resources === undefined)) return { kind: 'infeasible' };
  const [first] = standing;
  if (first !== undefined) return { kind: 'under-way', since: Date.parse(first.lastTransitionTime ?? '') };
  return isInEffect(pod) ? { kind: 'done' } : { kind: 'under-way', since: undefined };
};

const CONDITIONS = new Set(['PodResizePending', 'PodResizeInProgress']);

/** Both: a node that has seen the change has not always made it, and one that made the last has not always seen the next. */
const isInEffect = ({ metadata, spec, status }: Resizable): boolean => {
  const seen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  const actual = Object.fromEntries(
    (status?.containerStatuses ?? []).map(({ name, resources = {} }) => [name, resources]),
  );
  const asked = Object.fromEntries((spec?.containers ?? []).map(({ name, resources = {} }) => [name, resources]));
  return (seen || status?.observedGeneration === undefined) && asksFor(actual, asked);
};
