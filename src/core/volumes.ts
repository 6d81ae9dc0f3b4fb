/** The volumes of the Redis pods: what is asked for, what they have, and what stands between. */
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { StorageStatus } from '../api/types.ts';
import { storageRequest } from './objects/claim-template-change.ts';
import { claimTemplates } from './objects/claims.ts';
import { isLess, sameQuantity } from './objects/quantity.ts';
import type { Observation } from './observation.ts';

/** The claim of one ordinal of the StatefulSet, whether its pod exists or not. */
export type Volume = {
  readonly claim: PersistentVolumeClaim;
  readonly name: string;
  readonly ordinal: number;
  readonly requested: string | undefined;
  /** What it has, as far as Kubernetes knows. */
  readonly capacity: string | undefined;
};

/**
 * How far a volume is. `unbound`: there is nothing yet that could grow. `to-ask`: its claim does not ask for the right size.
 * A volume with more than the spec asks for is `done`.
 */
export type Growth =
  | { readonly kind: 'done' }
  | { readonly kind: 'unbound' }
  | { readonly kind: 'to-ask' }
  | { readonly kind: 'under-way'; readonly waitsFor: string }
  | { readonly kind: 'failed'; readonly because: string };

type Seen = Pick<Observation, 'failover' | 'children'>;

/** The storage that the spec asks for; undefined without a claim. */
export const wantedStorage = ({ failover }: Seen): string | undefined =>
  claimTemplates(failover).map(storageRequest)[0];

/** The volumes of this failover's ordinals, in their order. Claims that are being deleted are not among them. */
export const volumesOf = ({ failover, children }: Seen): readonly Volume[] => {
  const [template] = claimTemplates(failover);
  if (template === undefined) return [];
  const prefix = `${template.metadata?.name}-rfr-${failover.metadata.name}-`;
  return children.claims
    .flatMap((claim): readonly Volume[] => {
      const { name = '', deletionTimestamp } = claim.metadata ?? {};
      const number = name.startsWith(prefix) ? name.slice(prefix.length) : '';
      if (!/^\d+$/.test(number) || deletionTimestamp !== undefined) return [];
      const requested = storageRequest(claim);
      return [{ claim, name, ordinal: Number(number), requested, capacity: claim.status?.capacity?.['storage'] }];
    })
    .sort((one, other) => one.ordinal - other.ordinal);
};

/**
 * How far `volume` is with the size `wanted`. A request that is more than wanted is lowered while the volume is smaller than
 * that: an expansion that failed is given up so. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recovering-from-failure-when-expanding-volumes
 */
export const growthOf = ({ claim, requested, capacity }: Volume, wanted: string): Growth => {
  if (claim.status?.phase !== 'Bound' || capacity === undefined) return { kind: 'unbound' };
  const hasEnough = !isLess(capacity, wanted);
  if (isLess(requested, wanted)) return { kind: 'to-ask' };
  if (hasEnough) return { kind: 'done' };
  if (!sameQuantity(requested, wanted)) return { kind: 'to-ask' };
  const failure = failureOf(claim);
  return failure === undefined
    ? { kind: 'under-way', waitsFor: waitsFor(claim) }
    : { kind: 'failed', because: failure };
};

/** For the status: the smallest and the largest volume; undefined while there is none. */
export const storageStatus = (seen: Seen): StorageStatus | undefined => {
  const [first, ...others] = volumesOf(seen).flatMap(({ capacity }) => capacity ?? []);
  if (first === undefined) return undefined;
  return {
    smallestVolume: others.reduce((least, one) => (isLess(one, least) ? one : least), first),
    largestVolume: others.reduce((most, one) => (isLess(most, one) ? one : most), first),
  };
};

const FAILED = new Set(['ControllerResizeError', 'NodeResizeError']);

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/#PersistentVolumeClaimStatus */
const failureOf = ({ status }: PersistentVolumeClaim): string | undefined => {
  const resize = status?.allocatedResourceStatuses?.['storage'];
  const error = status?.conditions?.find((one) => FAILED.has(one.type) && one.status === 'True');
  const infeasible = resize?.endsWith('Infeasible') === true;
  if (error === undefined && !infeasible) return undefined;
  return [infeasible ? resize : error?.type, error?.message].filter(Boolean).join(': ');
};

const waitsFor = ({ status }: PersistentVolumeClaim): string => {
  const onNode = status?.conditions?.some((one) => one.type === 'FileSystemResizePending' && one.status === 'True');
  const resize = status?.allocatedResourceStatuses?.['storage'];
  return onNode || resize?.startsWith('Node') ? 'its node to grow the file system' : 'its storage driver to grow it';
};
