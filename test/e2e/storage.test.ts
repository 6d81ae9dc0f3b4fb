/** The size of volumes changes while clients write. */
import assert from 'node:assert/strict';
import type { ControllerRevision, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { storageRequest } from '../../src/core/objects/claim-template-change.ts';
import { eventually } from './harness/eventually.ts';
import { applyFailover, changeSpec, failoverOf, freshCondition, getFailover } from './harness/failover.ts';
import { kubectlJson } from './harness/kubectl.ts';
import { type FailoverKey, identities } from './harness/pods.ts';
import { testInNamespace } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { type Settled, settled } from './harness/views.ts';
import {
  allowGrowth,
  createStorageClass,
  deleteStorageClass,
  growVolume,
  refuseToGrow,
  type VolumeView,
  volumesOf,
} from './harness/volumes.ts';

const THREE = { redis: 3, sentinel: 3 };
const LIMIT_MS = 60_000;

testInNamespace('volumes grow, and no pod restarts for it', 'volumes', async (failover) => {
  const storageClass = failover.namespace;
  await createStorageClass(storageClass, { grows: false });
  try {
    await applyFailover(failoverOf(failover, THREE, storage('1Gi', storageClass)));
    await settled(failover, THREE);
    const before = await statefulSetOf(failover);
    const outcome = await underLoad(failover, { sizes: THREE, disturb: () => grow(failover, storageClass) });
    requireNothingLost(outcome);
    const { sentinel, service } = outcome.summaries;
    assert.deepEqual({ sentinel: sentinel.errors, service: service.errors }, { sentinel: {}, service: {} });
    assert.deepEqual(redisOf(outcome.after), redisOf(outcome.before), 'a pod was restarted or replaced');
    assert.equal(outcome.after.master.name, outcome.before.master.name, 'the master was handed over');
    await requireAdopted(failover, before);
    await changeSpec(failover, { redis: { replicas: 4 } });
    await settled(failover, { redis: 4, sentinel: 3 });
    const [, , , last] = await volumesOf(failover);
    assert.deepEqual([last?.claim, last?.requested], [`data-rfr-${failover.name}-3`, '2Gi']);
  } finally {
    await deleteStorageClass(storageClass);
  }
});

/** A class that does not let volumes grow, a driver that cannot, and one that does. */
const grow = async (failover: FailoverKey, storageClass: string): Promise<void> => {
  const [first = ''] = (await volumesOf(failover)).map(({ claim }) => claim);
  await changeSpec(failover, storage('4Gi'));
  await eventually('the class is named', LIMIT_MS, () => requireProblem(failover, [first, storageClass]));
  await eventually('new claims would get the size', LIMIT_MS, async () => {
    assert.equal(templateRequest(await statefulSetOf(failover)), '4Gi');
  });
  await allowGrowth(storageClass);
  await changeSpec(failover, storage('2Gi'));
  const volumes = await eventually('every claim asks for the size', LIMIT_MS, () => requireAsked(failover, '2Gi'));
  for (const volume of volumes.slice(0, 1)) await refuseToGrow(failover, volume);
  await eventually('what the driver says shows', LIMIT_MS, () => requireProblem(failover, [first, 'the pool is full']));
  for (const volume of volumes) await growVolume(failover, volume);
  await eventually('the volumes have grown', LIMIT_MS, async () => {
    const seen = await getFailover(failover);
    assert.deepEqual(seen.status?.storage, { smallestVolume: '2Gi', largestVolume: '2Gi' });
    assert.equal(freshCondition(seen, 'Degraded').status, 'False');
    assert.equal(freshCondition(seen, 'Progressing').status, 'False');
  });
  await assert.rejects(changeSpec(failover, storage('1Gi')), /storage cannot become less/);
};

const storage = (size: string, storageClassName?: string): RedisFailoverSpec => ({
  redis: {
    storage: {
      persistentVolumeClaim: {
        metadata: { name: 'data' },
        spec: {
          ...(storageClassName !== undefined && { storageClassName }),
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: size } },
        },
      },
    },
  },
});

const redisOf = ({ master, replicas }: Settled): readonly string[] => identities([master, ...replicas]);

const requireProblem = async (failover: FailoverKey, words: readonly string[]): Promise<void> => {
  const { reason, message } = freshCondition(await getFailover(failover), 'Degraded');
  assert.equal(reason, 'VolumeNotGrown', message);
  for (const word of words) assert.ok(message.includes(word), `"${word}" is not in: ${message}`);
};

const requireAsked = async (failover: FailoverKey, size: string): Promise<readonly VolumeView[]> => {
  const volumes = await volumesOf(failover);
  assert.deepEqual([...new Set(volumes.map(({ requested }) => requested))], [size]);
  return volumes;
};

const statefulSetOf = ({ namespace, name }: FailoverKey): Promise<StatefulSet> =>
  kubectlJson<StatefulSet>(['get', 'statefulset', `rfr-${name}`, '--namespace', namespace]);

const templateRequest = ({ spec }: StatefulSet): string | undefined =>
  storageRequest(spec?.volumeClaimTemplates?.[0] ?? {});

/** It is another StatefulSet of the same revision, which is the only one, and controls it. */
const requireAdopted = async (failover: FailoverKey, before: StatefulSet): Promise<void> => {
  const after = await statefulSetOf(failover);
  assert.notEqual(after.metadata?.uid, before.metadata?.uid);
  assert.equal(templateRequest(after), '2Gi');
  assert.equal(after.status?.updateRevision, before.status?.updateRevision);
  const args = ['get', 'controllerrevisions', '--namespace', failover.namespace];
  const { items } = await kubectlJson<{ readonly items: readonly ControllerRevision[] }>(args);
  const owners = items.map(({ metadata }) => [metadata?.name, metadata?.ownerReferences?.map(({ uid }) => uid)]);
  assert.deepEqual(owners, [[before.status?.updateRevision, [after.metadata?.uid]]]);
};
