import type { Lease } from 'kubernetes-types/coordination/v1.js';
import type { Resource } from '../ports.ts';

export const LEASES: Resource = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

/** A lease as we last saw it change, by our own monotonic clock: the holder's clock is not to be trusted. */
export type Sighting = { readonly lease: Lease; readonly seenAtMs: number };

/** Keeps the time of the first sighting for as long as the holder does not renew. */
export const sight = (previous: Sighting | undefined, lease: Lease, nowMs: number): Sighting =>
  previous !== undefined && isSameTerm(previous.lease, lease)
    ? { lease, seenAtMs: previous.seenAtMs }
    : { lease, seenAtMs: nowMs };

/** Whether the lease was neither renewed, taken nor given back between the two. */
export const isSameTerm = (one: Lease, other: Lease): boolean =>
  JSON.stringify(one.spec) === JSON.stringify(other.spec);

/** True when nobody holds the lease, we do, or its holder has not renewed it for as long as it promised to. */
export const mayTake = (
  { lease, seenAtMs }: Sighting,
  { identity, nowMs }: { readonly identity: string; readonly nowMs: number },
): boolean => {
  const holder = lease.spec?.holderIdentity ?? '';
  if (holder === '' || holder === identity) return true;
  return nowMs - seenAtMs >= (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
};

/** The lease with us as holder from now on; `previous` is what the API server holds, if anything. */
export const takenLease = (
  previous: Lease | undefined,
  us: {
    readonly namespace: string;
    readonly name: string;
    readonly identity: string;
    readonly durationMs: number;
    readonly now: number;
  },
): Lease => {
  const spec = previous?.spec;
  const same = spec?.holderIdentity === us.identity;
  const time = microTime(us.now);
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...previous?.metadata, namespace: us.namespace, name: us.name },
    spec: {
      ...spec,
      holderIdentity: us.identity,
      leaseDurationSeconds: Math.ceil(us.durationMs / 1000),
      acquireTime: same ? (spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: (spec?.leaseTransitions ?? 0) + (same || previous === undefined ? 0 : 1),
    },
  };
};

/** The lease with no holder, so that the next one need not wait until it expires. */
export const releasedLease = (lease: Lease, now: number): Lease => ({
  ...lease,
  spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) },
});

/**
 * A MicroTime: RFC 3339 with exactly six fractional digits; the API server refuses fewer.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/
 */
export const microTime = (now: number): string => new Date(now).toISOString().replace('Z', '000Z');
