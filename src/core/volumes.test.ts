import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersistentVolumeClaim, PersistentVolumeClaimStatus } from 'kubernetes-types/core/v1.js';
import { FAILOVER, observation } from './fixtures.ts';
import { type Growth, growthOf, storageStatus, volumesOf } from './volumes.ts';

const claim = (name: string, requested: string, status: PersistentVolumeClaimStatus = {}): PersistentVolumeClaim => ({
  metadata: { name, uid: `uid-${name}` },
  spec: { resources: { requests: { storage: requested } } },
  status: { phase: 'Bound', ...status },
});
const has = (storage: string, more: PersistentVolumeClaimStatus = {}): PersistentVolumeClaimStatus => ({
  capacity: { storage },
  ...more,
});
const conditions = (type: string, message = ''): PersistentVolumeClaimStatus => ({
  conditions: [{ type, status: 'True', message }],
});
const resize = (storage: string): PersistentVolumeClaimStatus => ({ allocatedResourceStatuses: { storage } });

const seen = (...claims: readonly PersistentVolumeClaim[]) => {
  const storage = { persistentVolumeClaim: { spec: { resources: { requests: { storage: '2Gi' } } } } };
  const { children } = observation();
  return observation({ failover: { ...FAILOVER, spec: { redis: { storage } } }, children: { ...children, claims } });
};

type Case = { requested: string; status: PersistentVolumeClaimStatus; is: Growth };

const DRIVER = 'its storage driver to grow it';
const NODE = 'its node to grow the file system';

const CASES: Readonly<Record<string, Case>> = {
  'a volume of the size is done': { requested: '2Gi', status: has('2Gi'), is: { kind: 'done' } },
  'in another unit, too': { requested: '2048Mi', status: has('2147483648'), is: { kind: 'done' } },
  'a smaller request is raised': { requested: '1Gi', status: has('1Gi'), is: { kind: 'to-ask' } },
  'also on a volume that has the size already': { requested: '1Gi', status: has('5Gi'), is: { kind: 'to-ask' } },
  'a volume that was grown by hand to more is done': { requested: '5Gi', status: has('5Gi'), is: { kind: 'done' } },
  'a claim without a volume cannot grow': { requested: '1Gi', status: { phase: 'Pending' }, is: { kind: 'unbound' } },
  'a request that came to nothing is lowered': { requested: '9Gi', status: has('1Gi'), is: { kind: 'to-ask' } },
  'Kubernetes does not lower it to what the volume has': {
    requested: '9Gi',
    status: has('2Gi', resize('ControllerResizeInfeasible')),
    is: { kind: 'done' },
  },
  'nothing is heard of the driver yet': {
    requested: '2Gi',
    status: has('1Gi'),
    is: { kind: 'under-way', waitsFor: DRIVER },
  },
  'the driver works': {
    requested: '2Gi',
    status: has('1Gi', resize('ControllerResizeInProgress')),
    is: { kind: 'under-way', waitsFor: DRIVER },
  },
  'the node is next, as a driver before Kubernetes 1.28 says it': {
    requested: '2Gi',
    status: has('1Gi', conditions('FileSystemResizePending')),
    is: { kind: 'under-way', waitsFor: NODE },
  },
  'the node is next': {
    requested: '2Gi',
    status: has('1Gi', resize('NodeResizePending')),
    is: { kind: 'under-way', waitsFor: NODE },
  },
  'the driver cannot': {
    requested: '2Gi',
    status: has('1Gi', resize('ControllerResizeInfeasible')),
    is: { kind: 'failed', because: 'ControllerResizeInfeasible' },
  },
  'the driver tries again and says why': {
    requested: '2Gi',
    status: has('1Gi', conditions('ControllerResizeError', 'the pool is full')),
    is: { kind: 'failed', because: 'ControllerResizeError: the pool is full' },
  },
  'the node cannot and says why': {
    requested: '2Gi',
    status: has('1Gi', { ...resize('NodeResizeInfeasible'), ...conditions('NodeResizeError', 'xfs_growfs: 1') }),
    is: { kind: 'failed', because: 'NodeResizeInfeasible: xfs_growfs: 1' },
  },
};

describe('a volume that is to have 2Gi:', () => {
  for (const [sentence, { requested, status, is }] of Object.entries(CASES)) {
    test(sentence, () => {
      const [volume] = volumesOf(seen(claim('redis-data-rfr-test-0', requested, status)));
      assert.deepEqual(volume && growthOf(volume, '2Gi'), is);
    });
  }
});

describe('the volumes of a failover', () => {
  test('are those of the ordinals, in their order', () => {
    const names = ['redis-data-rfr-test-10', 'redis-data-rfr-test-2', 'redis-data-rfr-test-more-0', 'rfr-test-1'];
    const volumes = volumesOf(seen(...names.map((name) => claim(name, '1Gi'))));
    assert.deepEqual(
      volumes.map(({ name }) => name),
      ['redis-data-rfr-test-2', 'redis-data-rfr-test-10'],
    );
  });

  test('are no longer those that are being deleted', () => {
    const { metadata, ...rest } = claim('redis-data-rfr-test-0', '1Gi');
    const deletionTimestamp = '2026-01-01T00:00:00Z';
    assert.deepEqual(volumesOf(seen({ ...rest, metadata: { ...metadata, deletionTimestamp } })), []);
  });

  test('show in the status from the smallest to the largest', () => {
    const sizes = ['2Gi', '900Mi', '3221225472'];
    const claims = sizes.map((size, ordinal) => claim(`redis-data-rfr-test-${ordinal}`, size, has(size)));
    assert.deepEqual(storageStatus(seen(...claims)), { smallestVolume: '900Mi', largestVolume: '3221225472' });
    assert.equal(storageStatus(seen()), undefined);
  });
});
