/** What the provisioner of the StorageClass `standard` decides, from a claim or a volume as the API server sent it. */
import { join } from 'node:path';
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';

/** The provisioner's name in the StorageClass and in annotations. */
export const PROVISIONER = 'redis-operator.local/folder';

const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

/**
 * The volume that a claim waits for; undefined when it waits for none of ours. The scheduler notes the node that it chose
 * for the claim's pod, the controller manager the provisioner that is asked.
 * https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode
 */
export const volumeFor = (claim: PersistentVolumeClaim, storage: string): PersistentVolume | undefined => {
  const { name, namespace, uid, annotations = {}, deletionTimestamp } = claim.metadata ?? {};
  const { volumeName, storageClassName, accessModes, resources } = claim.spec ?? {};
  const node = annotations['volume.kubernetes.io/selected-node'];
  if (annotations['volume.kubernetes.io/storage-provisioner'] !== PROVISIONER || volumeName !== undefined)
    return undefined;
  if (node === undefined || node === '' || uid === undefined || deletionTimestamp !== undefined) return undefined;
  const volume = `pvc-${uid}`;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: volume, annotations: { [PROVISIONED_BY]: PROVISIONER } },
    spec: {
      ...(storageClassName === undefined ? {} : { storageClassName }),
      ...(accessModes === undefined ? {} : { accessModes }),
      ...(resources?.requests === undefined ? {} : { capacity: { storage: resources.requests['storage'] ?? '1Gi' } }),
      persistentVolumeReclaimPolicy: 'Delete',
      volumeMode: 'Filesystem',
      // A local volume, not a host path: the kubelet applies fsGroup to it, and the scheduler keeps its pod on the node.
      local: { path: join(storage, node, 'volumes', volume) },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
          ],
        },
      },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(name === undefined ? {} : { name }),
        ...(namespace === undefined ? {} : { namespace }),
        uid,
      },
    },
  };
};

/** The folder to remove, when the volume is one of ours, its claim is gone and it is not to be kept. */
export const folderToRemove = (volume: PersistentVolume, storage: string): string | undefined => {
  const { annotations, deletionTimestamp } = volume.metadata ?? {};
  const ours = annotations?.[PROVISIONED_BY] === PROVISIONER && deletionTimestamp === undefined;
  const released = volume.status?.phase === 'Released' && volume.spec?.persistentVolumeReclaimPolicy === 'Delete';
  const folder = volume.spec?.local?.path;
  return ours && released && folder?.startsWith(`${storage}/`) ? folder : undefined;
};
