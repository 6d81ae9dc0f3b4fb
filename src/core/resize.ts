/** Whether a running pod can be given the resources of another template instead of being replaced. */
import type { PodTemplateSpec, ResourceRequirements } from 'kubernetes-types/core/v1.js';
import { differs } from './objects/differs.ts';
import { sameQuantity } from './objects/quantity.ts';

/** Resources by container. */
export type ContainerResources = Readonly<Record<string, ResourceRequirements>>;

/**
 * The resources of `to`, when cpu and memory of its containers are all that tells it from `from` and none of them is taken
 * out, which Kubernetes does not do to a running pod; undefined otherwise.
 * https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#limitations
 */
export const resizeBetween = (from: PodTemplateSpec, to: PodTemplateSpec): ContainerResources | undefined => {
  const [old, next] = [resourcesOf(from), resourcesOf(to)];
  const possible =
    isSame(withoutResources(from), withoutResources(to)) &&
    Object.entries(next).every(([name, resources]) => isResize(old[name] ?? {}, resources));
  return possible ? next : undefined;
};

/** Whether a pod asks for at least these resources already. It may have more: what a LimitRange added. */
export const asksFor = (asked: ContainerResources, wanted: ContainerResources): boolean =>
  Object.entries(wanted).every(([name, resources]) =>
    KINDS.every((kind) =>
      Object.entries(resources[kind] ?? {}).every(([key, value]) => sameQuantity(value, asked[name]?.[kind]?.[key])),
    ),
  );

/** What to send: what the pod has, with what is wanted in its place. */
export const merged = (asked: ContainerResources, wanted: ContainerResources): ContainerResources =>
  Object.fromEntries(
    Object.entries(wanted).map(([name, { limits, requests }]) => [
      name,
      {
        limits: { ...asked[name]?.limits, ...limits },
        requests: { ...asked[name]?.requests, ...requests },
      },
    ]),
  );

const KINDS = ['limits', 'requests'] as const;

/** As the API server fills them in for a new pod: what has a limit and no request asks for the limit. */
const resourcesOf = ({ spec }: PodTemplateSpec): ContainerResources =>
  Object.fromEntries(
    (spec?.containers ?? []).map(({ name, resources = {} }) => [
      name,
      { ...resources, requests: { ...resources.limits, ...resources.requests } },
    ]),
  );

const isResize = (old: ResourceRequirements, next: ResourceRequirements): boolean =>
  isSame({ ...old, limits: {}, requests: {} }, { ...next, limits: {}, requests: {} }) &&
  KINDS.every((kind) => {
    const [before, after] = [old[kind] ?? {}, next[kind] ?? {}];
    return [...Object.keys(before), ...Object.keys(after)].every(
      (key) => key in after && (RESIZABLE.has(key) || sameQuantity(before[key], after[key])),
    );
  });

const RESIZABLE = new Set(['cpu', 'memory']);

/** Without the marker that a stored revision carries, too. */
const withoutResources = ({ metadata, spec }: PodTemplateSpec): object => ({
  metadata,
  spec: {
    ...spec,
    containers: (spec?.containers ?? []).map(({ resources: _resources, ...container }) => container),
  },
});

const isSame = (one: object, other: object): boolean =>
  differs(one, other) === undefined && differs(other, one) === undefined;
