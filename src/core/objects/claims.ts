import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { OwnerReference } from 'kubernetes-types/meta/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { componentLabels, GROUP, KIND } from '../../api/names.ts';
import { ownerReference } from './metadata.ts';

/** The data volume's name, unless the user's claim has one. */
export const DATA_VOLUME = 'redis-data';

/**
 * The claim templates of a new StatefulSet: one, or none when the data lies in an emptyDir. The StatefulSet controller copies
 * the owner reference to each claim, so that the RedisFailover takes its volumes along, unless they are to be kept.
 * https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#volume-claim-templates
 */
export const claimTemplates = (failover: DefaultedFailover): readonly PersistentVolumeClaim[] => {
  const claim = failover.spec.redis.storage.persistentVolumeClaim;
  if (claim === undefined) return [];
  const owners = wantedOwners(failover);
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        name: claim.metadata?.name ?? DATA_VOLUME,
        labels: { ...claim.metadata?.labels, ...componentLabels(failover.metadata.name, 'redis') },
        ...(claim.metadata?.annotations && { annotations: { ...claim.metadata.annotations } }),
        ...(owners.length > 0 && { ownerReferences: owners }),
      },
      spec: { ...claim.spec },
    },
  ];
};

/**
 * The merge patch that makes a live claim follow `storage.keepAfterDeletion` as it is now; undefined when it does, or when
 * the claim is on its way out. A reference to an earlier RedisFailover of this name goes as well: the garbage collector
 * would take it for a dead owner. The patch is refused (409) when the claim has changed since.
 */
export const claimOwnership = (failover: DefaultedFailover, claim: PersistentVolumeClaim): object | undefined => {
  const { metadata } = claim;
  if (metadata?.deletionTimestamp !== undefined) return undefined;
  const live = metadata?.ownerReferences ?? [];
  const wanted = wantedOwners(failover);
  const ours = live.filter((owner) => isOurs(owner, failover));
  if (ours.length === wanted.length && ours.every(({ uid }) => uid === failover.metadata.uid)) return undefined;
  const others = live.filter((owner) => !isOurs(owner, failover));
  return { metadata: { resourceVersion: metadata?.resourceVersion, ownerReferences: [...others, ...wanted] } };
};

/** Not as controller and without blocking the deletion, for which the StatefulSet controller may lack the right. */
const wantedOwners = (failover: DefaultedFailover): OwnerReference[] =>
  failover.spec.redis.storage.keepAfterDeletion ? [] : [ownerReference(failover)];

const isOurs = ({ apiVersion, kind, name, uid }: OwnerReference, { metadata }: DefaultedFailover): boolean =>
  uid === metadata.uid || (kind === KIND && apiVersion.startsWith(`${GROUP}/`) && name === metadata.name);
