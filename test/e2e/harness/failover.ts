/** A RedisFailover as a user handles it: written, changed, waited for. */
import type { Condition } from 'kubernetes-types/meta/v1.js';
import { API_VERSION, KIND } from '../../../src/api/names.ts';
import type { RedisFailover, RedisFailoverSpec } from '../../../src/api/types.ts';
import { eventually } from './eventually.ts';
import { apply, kubectl, kubectlJson } from './kubectl.ts';
import type { FailoverKey } from './pods.ts';

/** Generous: tests never measure time. */
export const READY_LIMIT_MS = 180_000;

/** The kind with its group, so that another kind of that name is never meant. */
const RESOURCE = 'redisfailovers.databases.spotahome.com';

/** Small enough for five Redis and five Sentinels on two cores. */
const SMALL = { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '128Mi' } };

export type Sizes = { readonly redis: number; readonly sentinel: number };

/** A manifest of small pods. */
export const failoverOf = (failover: FailoverKey, sizes: Sizes, spec: RedisFailoverSpec = {}): RedisFailover => ({
  apiVersion: API_VERSION,
  kind: KIND,
  metadata: { name: failover.name, namespace: failover.namespace },
  spec: {
    ...spec,
    redis: { replicas: sizes.redis, resources: SMALL, ...spec.redis },
    sentinel: { replicas: sizes.sentinel, resources: SMALL, ...spec.sentinel },
  },
});

/** Storage on a volume of the cluster's default class. */
export const onVolumes = {
  persistentVolumeClaim: {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
};

/** Applies the manifest of a failover. */
export const applyFailover = (manifest: RedisFailover): Promise<void> =>
  apply(manifest.metadata.namespace ?? 'default', [manifest]);

/** Merges a change into the spec. */
export const changeSpec = async (failover: FailoverKey, spec: RedisFailoverSpec): Promise<void> => {
  const patch = JSON.stringify({ spec });
  await kubectl([
    'patch',
    RESOURCE,
    failover.name,
    '--namespace',
    failover.namespace,
    '--type=merge',
    '--patch',
    patch,
  ]);
};

export const getFailover = (failover: FailoverKey): Promise<RedisFailover> =>
  kubectlJson<RedisFailover>(['get', RESOURCE, failover.name, '--namespace', failover.namespace]);

/** Asks Kubernetes to delete it and, with it, all its objects. */
export const deleteFailover = async (failover: FailoverKey): Promise<void> => {
  await kubectl(['delete', RESOURCE, failover.name, '--namespace', failover.namespace, '--wait=false']);
};

/** The condition, if the operator has judged the newest spec; throws with all conditions otherwise. */
export const freshCondition = (failover: RedisFailover, type: string): Condition => {
  const { conditions = [], observedGeneration } = failover.status ?? {};
  const found = conditions.find((condition) => condition.type === type);
  const fresh = observedGeneration === failover.metadata.generation;
  if (found === undefined || !fresh) {
    throw new Error(
      `no fresh condition ${type} (generation ${failover.metadata.generation}): ${describeStatus(failover)}`,
    );
  }
  return found;
};

/** Throws with the status unless the condition has the wanted value for the newest spec. */
export const requireCondition = (failover: RedisFailover, type: string, status: 'True' | 'False'): Condition => {
  const condition = freshCondition(failover, type);
  if (condition.status !== status) throw new Error(`${type} is ${condition.status}: ${describeStatus(failover)}`);
  return condition;
};

/** Resolves when Ready is True for the newest spec. */
export const waitReady = (failover: FailoverKey, limitMs = READY_LIMIT_MS): Promise<RedisFailover> =>
  eventually(`${failover.namespace}/${failover.name} is Ready`, limitMs, async () => {
    const seen = await getFailover(failover);
    requireCondition(seen, 'Ready', 'True');
    return seen;
  });

/** The status in one paragraph. */
export const describeStatus = ({ status }: RedisFailover): string => {
  if (status === undefined) return 'no status yet';
  const conditions = (status.conditions ?? []).map(
    ({ type, status: value, reason, message }) => `${type}=${value} (${reason}: ${message})`,
  );
  return `generation ${status.observedGeneration}, ${status.phase}, master ${status.master?.pod}; ${conditions.join('; ')}`;
};
