/** Stops whatever cluster is on this machine, also half of one, and removes every trace but its logs. */
import { glob, readdir, readFile, readlink, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cgroupTree, removeCgroups } from './cgroups.ts';
import { RUNTIME, STATE, STORAGE } from './layout.ts';
import { unmountBelow, unmountNamespaceFolder } from './mounts.ts';
import { removeNetworks } from './network.ts';
import { anythingLeft, recordedOwner } from './owner.ts';

/** Where CNI keeps results, whoever calls it. */
const CNI_RESULTS = '/var/lib/cni/results';
/** Where kubelets link every container's log, wherever it is. */
const CONTAINER_LOGS = '/var/log/containers';
/** Kubelets make this folder wherever their own is. */
const DEVICE_PLUGINS = '/var/lib/kubelet/device-plugins';
const SHARED_FOLDERS = [
  CNI_RESULTS,
  '/var/lib/cni',
  CONTAINER_LOGS,
  '/var/lib/kubelet',
  '/run/containerd/s',
  '/run/containerd',
];

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

/** Files outside of our folders that are named for containers of ours which still run; containerd's folders know them. */
const containerFiles = async (): Promise<readonly string[]> => {
  const tasks = await Array.fromAsync(glob(join(RUNTIME, 'node*', 'containerd', '*', 'k8s.io', '*')));
  const addresses = await Promise.all(tasks.map((task) => readFile(join(task, 'address'), 'utf8').catch(() => '')));
  const sockets = addresses.filter((address) => address !== '').map((address) => address.trim().replace('unix://', ''));
  const results = await readdir(CNI_RESULTS).catch(() => []);
  const ours = results.filter((name) => tasks.some((task) => name.includes(basename(task))));
  return [...sockets, ...ours.map((name) => join(CNI_RESULTS, name))];
};

/** The links to the logs of our containers. */
const logLinks = async (): Promise<readonly string[]> => {
  const links = (await readdir(CONTAINER_LOGS).catch(() => [])).map((name) => join(CONTAINER_LOGS, name));
  const targets = await Promise.all(links.map((link) => readlink(link).catch(() => '')));
  return links.filter((_, index) => targets[index]?.startsWith(`${STORAGE}/`));
};

/** Removes what other programs wrote for this cluster outside of its folders. */
const removeStrayFiles = async (): Promise<void> => {
  const files = [...(await containerFiles()), ...(await logLinks())];
  await Promise.all(files.map((file) => rm(file, { force: true })));
  await rm(DEVICE_PLUGINS, { recursive: true, force: true });
  // Those that nobody else uses either are empty now.
  for (const folder of SHARED_FOLDERS) await rmdir(folder).catch(() => {});
};
