/**
 * `main.ts KUBECONFIG`: makes a folder and a PersistentVolume for every claim of the StorageClass `standard`, and removes
 * both when the claim is gone. Why it exists is in docs/adr/0002-local-cluster.md.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PersistentVolume, PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import { parseJson } from '../json.ts';
import { STORAGE } from '../layout.ts';
import { openApi } from './api.ts';
import { folderToRemove, volumeFor } from './provisioner.ts';

const CLAIMS = '/api/v1/persistentvolumeclaims';
const VOLUMES = '/api/v1/persistentvolumes';
const RECONNECT_MS = 500;

const api = await openApi(process.argv[2] ?? '');

const log = (message: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${message}\n`);
};

const provision = async (claim: PersistentVolumeClaim): Promise<void> => {
  const volume = volumeFor(claim, STORAGE);
  const folder = volume?.spec?.local?.path;
  if (volume === undefined || folder === undefined) return;
  await mkdir(folder, { recursive: true });
  // Any user of any pod may write, as on a disk of its own; mkdir's mode is subject to the umask.
  await chmod(folder, 0o777);
  const status = await api.send('POST', VOLUMES, volume);
  if (status === 201) log(`${claim.metadata?.namespace}/${claim.metadata?.name}: ${folder}`);
};

const remove = async (volume: PersistentVolume): Promise<void> => {
  const folder = folderToRemove(volume, STORAGE);
  if (folder === undefined) return;
  await rm(folder, { recursive: true, force: true });
  const status = await api.send('DELETE', `${VOLUMES}/${volume.metadata?.name}`);
  if (status === 200) log(`removed ${folder}`);
};

/** Every watch begins with all there is, so whatever failed before is tried again with the next one. */
const follow = async (path: string, handle: (event: string) => Promise<void>): Promise<never> => {
  const onEvent = (event: string): void => {
    handle(event).catch((error: unknown) => log(String(error)));
  };
  for (;;) {
    await api.watch(path, onEvent).catch((error: unknown) => log(String(error)));
    await sleep(RECONNECT_MS);
  }
};

await Promise.all([
  follow(CLAIMS, async (event) => provision(parseJson<{ object: PersistentVolumeClaim }>(event).object)),
  follow(VOLUMES, async (event) => remove(parseJson<{ object: PersistentVolume }>(event).object)),
]);
