/** What every child object of a RedisFailover carries: names, labels, and the reference that deletes it with its owner. */
import type { ObjectMeta, OwnerReference } from 'kubernetes-types/meta/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { API_VERSION, type Component, componentLabels, KIND } from '../../api/names.ts';
import { inheritedLabels } from '../labels.ts';

type Identity = {
  readonly name: string;
  readonly component: Component;
  /** Labels beside the component's, for example the role that a Service stands for. */
  readonly labels?: Readonly<Record<string, string>>;
};

/**
 * Metadata of one child. The user's labels of the RedisFailover are copied as far as they are asked for, but never win over ours; they are in no
 * selector and in no pod template, so that changing them restarts nothing. Pods get them from `inherit-labels.ts`.
 */
export const childMetadata = (failover: DefaultedFailover, { name, component, labels }: Identity): ObjectMeta => ({
  name,
  namespace: failover.metadata.namespace,
  labels: { ...inheritedLabels(failover), ...componentLabels(failover.metadata.name, component), ...labels },
  ownerReferences: [{ ...ownerReference(failover), controller: true, blockOwnerDeletion: true }],
});

/** The reference by which the garbage collector finds a child. https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/ */
export const ownerReference = ({ metadata }: DefaultedFailover): OwnerReference => ({
  apiVersion: API_VERSION,
  kind: KIND,
  name: metadata.name,
  uid: metadata.uid,
});
