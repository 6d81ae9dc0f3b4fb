/**
 * Which labels of a RedisFailover its pods get, beside those of their template. They are in no template, so that changing them
 * restarts nothing.
 */
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { DefaultedFailover } from '../api/defaults.ts';
import { type Component, componentLabels, INHERITED_ANNOTATION, ROLE_LABEL } from '../api/names.ts';
import { inheritedLabels } from './labels.ts';
import { POD_NAME_LABEL } from './objects/services.ts';
import type { Children, LabelFacts } from './observation.ts';

type Labels = Readonly<Record<string, string>>;

export type Inheritance = {
  /** What pods are to have. */
  readonly labels: Labels;
  /** Keys that another operator wrote into the pod template when the failover had such labels. */
  readonly ofTemplate: readonly string[];
  /** Keys that are neither set nor taken, whatever else is asked for. */
  readonly reserved: readonly string[];
};

/** What differs in a pod: labels to set, or to take where they are `null`, and the keys that it has from the failover then. */
export type LabelChange = {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly inherited: readonly string[];
};

/** What the pods of a component inherit. */
export const inheritanceOf = (
  failover: DefaultedFailover,
  { children, component }: { readonly children: Children; readonly component: Component },
): Inheritance => {
  const reserved = reservedKeys(failover, children);
  const asked = Object.entries(inheritedLabels(failover));
  const workload = component === 'redis' ? children.statefulSet : children.deployment;
  return {
    labels: Object.fromEntries(asked.filter(([key]) => !reserved.includes(key))),
    ofTemplate: inheritedKeys(workload?.metadata),
    reserved,
  };
};

/** The keys that the annotation of a pod or a workload names, which anybody may have written. */
export const inheritedKeys = (metadata: ObjectMeta | undefined): readonly string[] =>
  (metadata?.annotations?.[INHERITED_ANNOTATION] ?? '').split(',').filter((key) => key !== '');

/**
 * The change that gives a pod its inheritance; undefined when it has it. A label that it had already, from another operator's
 * template for example, counts as inherited from then on. A key that is nobody's memory is never taken.
 */
export const labelChange = (
  pod: LabelFacts,
  { labels, ofTemplate, reserved }: Inheritance,
): LabelChange | undefined => {
  const set = Object.entries(labels).filter(([key, value]) => pod.labels[key] !== value);
  const lost = [...pod.inherited, ...ofTemplate].filter(
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
