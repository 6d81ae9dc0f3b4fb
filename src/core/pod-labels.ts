/**
 * Which labels of a RedisFailover its pods get, beside those of their template. They are in no template, so that changing them
 * restarts nothing.
 */
import type { DefaultedFailover } from '../api/defaults.ts';
import { componentLabels, ROLE_LABEL } from '../api/names.ts';
import { inheritedLabels } from './labels.ts';
import { POD_NAME_LABEL } from './objects/services.ts';
import type { Children, LabelFacts } from './observation.ts';

type Labels = Readonly<Record<string, string>>;

/** What pods are to have, and the keys that are neither set nor taken whatever else is asked for. */
export type Inheritance = { readonly labels: Labels; readonly reserved: readonly string[] };

/** What differs in a pod: labels to set, or to take where they are `null`, and the keys that it has from the failover then. */
export type LabelChange = {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly inherited: readonly string[];
};

/** What the pods of a failover inherit, of both components alike. */
export const inheritanceOf = (failover: DefaultedFailover, children: Children): Inheritance => {
  const reserved = reservedKeys(failover, children);
  const asked = Object.entries(inheritedLabels(failover));
  return { labels: Object.fromEntries(asked.filter(([key]) => !reserved.includes(key))), reserved };
};

/**
 * The change that gives a pod its inheritance; undefined when it has it. A label that it had already, from another operator's
 * template for example, counts as inherited from then on. A key that the pod was never given is never taken.
 */
export const labelChange = (pod: LabelFacts, { labels, reserved }: Inheritance): LabelChange | undefined => {
  const set = Object.entries(labels).filter(([key, value]) => pod.labels[key] !== value);
  const lost = pod.inherited.filter(
    (key) => Object.hasOwn(pod.labels, key) && !Object.hasOwn(labels, key) && !reserved.includes(key),
  );
  const inherited = Object.keys(labels).sort();
  if (set.length + lost.length === 0 && inherited.join() === pod.inherited.join()) return undefined;
  return { labels: { ...Object.fromEntries(lost.map((key) => [key, null])), ...Object.fromEntries(set) }, inherited };
};

/** By these a pod belongs to its workload and its Services; with another value it would leave them. */
const reservedKeys = ({ metadata }: DefaultedFailover, { statefulSet, deployment }: Children): readonly string[] => [
  ...Object.keys(componentLabels(metadata.name, 'redis')),
  ROLE_LABEL,
  ...OF_KUBERNETES,
  ...[statefulSet, deployment].flatMap((workload) => Object.keys(workload?.spec?.selector?.matchLabels ?? {})),
];

/** https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const OF_KUBERNETES = [
  POD_NAME_LABEL,
  'apps.kubernetes.io/pod-index',
  'controller-revision-hash',
  'pod-template-hash',
] as const;
