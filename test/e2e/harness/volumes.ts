/** Volumes as a user sees them, and as a storage driver changes them, which no driver of the test cluster can. */
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { StorageClass } from 'kubernetes-types/storage/v1.js';
import { isRecord } from '../../../src/core/objects/json.ts';
import { apply, kubectl, kubectlJson } from './kubectl.ts';
import { type FailoverKey, selectorOf } from './pods.ts';

export type VolumeView = {
  readonly claim: string;
  /** The name of the PersistentVolume. */
  readonly volume: string;
  readonly requested: string;
  readonly capacity: string;
};

/** The claims of a failover's Redis, by name. */
export const volumesOf = async (failover: FailoverKey): Promise<readonly VolumeView[]> => {
  const args = ['get', 'pvc', '--namespace', failover.namespace, '--selector', selectorOf(failover, 'redis')];
  const { items } = await kubectlJson<{ readonly items: readonly PersistentVolumeClaim[] }>(args);
  return items
    .map(({ metadata, spec, status }) => ({
      claim: metadata?.name ?? '',
      volume: spec?.volumeName ?? '',
      requested: storageOf(spec?.resources?.requests),
      capacity: storageOf(status?.capacity),
    }))
    .sort((one, other) => one.claim.localeCompare(other.claim));
};

const storageOf = (sizes: unknown): string => (isRecord(sizes) ? String(sizes['storage']) : '');

/** Makes a class like the default one, whose volumes may grow or not. */
export const createStorageClass = async (name: string, { grows }: { readonly grows: boolean }): Promise<void> => {
  const { items } = await kubectlJson<{ readonly items: readonly StorageClass[] }>(['get', 'storageclass']);
  const model = items.find(isDefault);
  if (model === undefined) throw new Error('the cluster has no default StorageClass');
  const { provisioner, parameters, volumeBindingMode } = model;
  const made = { provisioner, parameters, volumeBindingMode, allowVolumeExpansion: grows };
  await apply('default', [{ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, ...made }]);
};

const isDefault = ({ metadata }: StorageClass): boolean =>
  metadata?.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';

export const deleteStorageClass = async (name: string): Promise<void> => {
  await kubectl(['delete', 'storageclass', name, '--ignore-not-found']);
};

/** From now on, claims of this class may ask for more. */
export const allowGrowth = (storageClass: string): Promise<void> =>
  patch(['storageclass', storageClass], { allowVolumeExpansion: true });

/** What a driver does that gives a volume the size its claim asks for. */
export const growVolume = async (
  { namespace }: FailoverKey,
  { claim, volume, requested }: VolumeView,
): Promise<void> => {
  const capacity = { storage: requested };
  await patch(['persistentvolume', volume], { spec: { capacity } });
  const status = { capacity, allocatedResourceStatuses: null, conditions: null };
  await patch(['pvc', claim, '--namespace', namespace, '--subresource=status'], { status });
};

/** What a driver does that never can give a volume the size its claim asks for. */
export const refuseToGrow = ({ namespace }: FailoverKey, { claim }: VolumeView): Promise<void> =>
  patch(['pvc', claim, '--namespace', namespace, '--subresource=status'], {
    status: {
      allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' },
      conditions: [{ type: 'ControllerResizeError', status: 'True', message: 'the pool is full' }],
    },
  });

const patch = async (target: readonly string[], change: object): Promise<void> => {
  await kubectl(['patch', ...target, '--type=merge', '--patch', JSON.stringify(change)]);
};
