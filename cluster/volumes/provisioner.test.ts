import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import { folderToRemove, PROVISIONER, volumeFor } from './provisioner.ts';

const annotations = {
  'volume.kubernetes.io/storage-provisioner': PROVISIONER,
  'volume.kubernetes.io/selected-node': 'node2',
};
const claim: PersistentVolumeClaim = {
  metadata: { name: 'data', namespace: 'default', uid: '7', annotations },
  spec: { storageClassName: 'standard', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '3Gi' } } },
};

test('a claim gets a folder on the node that the scheduler chose for its pod', () => {
  const volume = volumeFor(claim, '/storage');
  assert.equal(volume?.spec?.local?.path, '/storage/node2/volumes/pvc-7');
  assert.match(JSON.stringify(volume?.spec?.nodeAffinity), /"values":\["node2"\]/);
  assert.deepEqual(volume?.spec?.capacity, { storage: '3Gi' });
  assert.equal(volume?.spec?.claimRef?.uid, '7');
});

const waiting: readonly (readonly [string, PersistentVolumeClaim])[] = [
  ['a claim of another provisioner is left to it', { ...claim, metadata: { ...claim.metadata, annotations: {} } }],
  ['a claim that has its volume gets no second one', { ...claim, spec: { ...claim.spec, volumeName: 'pvc-7' } }],
  [
    'a claim that is being deleted gets none',
    { ...claim, metadata: { ...claim.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
  ],
  [
    'a claim waits until the scheduler chose a node',
    {
      ...claim,
      metadata: { ...claim.metadata, annotations: { ...annotations, 'volume.kubernetes.io/selected-node': '' } },
    },
  ],
];

for (const [sentence, object] of waiting) {
  test(sentence, () => assert.equal(volumeFor(object, '/storage'), undefined));
}

const released: PersistentVolume = {
  metadata: { name: 'pvc-7', annotations: { 'pv.kubernetes.io/provisioned-by': PROVISIONER } },
  spec: { persistentVolumeReclaimPolicy: 'Delete', local: { path: '/storage/node2/volumes/pvc-7' } },
  status: { phase: 'Released' },
};

test('the folder of a volume whose claim is gone is removed', () => {
  assert.equal(folderToRemove(released, '/storage'), '/storage/node2/volumes/pvc-7');
});

const kept: readonly (readonly [string, PersistentVolume])[] = [
  ['a volume in use is kept', { ...released, status: { phase: 'Bound' } }],
  [
    'a volume that is to be retained is kept',
    { ...released, spec: { ...released.spec, persistentVolumeReclaimPolicy: 'Retain' } },
  ],
  ['a volume of somebody else is kept', { ...released, metadata: { name: 'pvc-7' } }],
  ['a folder outside of the storage is kept', { ...released, spec: { ...released.spec, local: { path: '/home' } } }],
];

for (const [sentence, object] of kept) {
  test(sentence, () => assert.equal(folderToRemove(object, '/storage'), undefined));
}
