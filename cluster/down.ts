/** Stops whatever cluster is on this machine, also half of one, and removes every trace but its logs. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupTree, removeCgroups } from './cgroups.ts';
import { RUNTIME, STATE, STORAGE } from './layout.ts';
import { unmountBelow, unmountNamespaceFolder } from './mounts.ts';
import { removeNetworks } from './network.ts';
import { anythingLeft, recordedOwner } from './owner.ts';

/** Where CNI keeps results, whoever calls it. */
const CNI_RESULTS = '/var/lib/cni/results';
/** Kubelets make this folder wherever their own is. */
const DEVICE_PLUGINS = '/var/lib/kubelet/device-plugins';

/** Resolves to false when there was nothing to stop. */
export const down = async (): Promise<boolean> => {
  if (!(await anythingLeft())) return false;
  const owner = await recordedOwner();
  // Processes first, each of them at once: nothing is left that could make new ones, or mounts, or namespaces.
  await removeCgroups(await cgroupTree());
  await unmountBelow([STORAGE, RUNTIME]);
  await removeNetworks();
  await unmountNamespaceFolder();
  await removeStrayFiles();
  await removeState(owner === undefined ? STATE : join(owner.checkout, '.cluster'));
  await rm(STORAGE, { recursive: true, force: true });
  // Last: as long as it is there, the next `down` knows that there is something to do, and what.
  await rm(RUNTIME, { recursive: true, force: true });
  return true;
};

const removeState = async (state: string): Promise<void> => {
  for (const name of ['kubeconfig', 'pki', 'config', 'bin']) {
    await rm(join(state, name), { recursive: true, force: true });
  }
};

const removeStrayFiles = async (): Promise<void> => {
  const results = (await readdir(CNI_RESULTS).catch(() => [])).filter((name) => name.startsWith('redis-operator-'));
  await Promise.all(results.map((name) => rm(join(CNI_RESULTS, name))));
  await rm(DEVICE_PLUGINS, { recursive: true, force: true });
};
