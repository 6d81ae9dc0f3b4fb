/** The note of which checkout's cluster is on this machine: there is one at most, its names and folders are fixed. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from './json.ts';
import { CHECKOUT, RUNTIME, STORAGE } from './layout.ts';
import { namespaces } from './network.ts';

const RECORD = join(RUNTIME, 'owner.json');

/** Whose cluster it is, since which boot of the machine, and what it was started from. */
export type Owner = { readonly checkout: string; readonly boot: string; readonly binaries: string };

/** This checkout as owner. */
export const thisOwner = async (binaries: string): Promise<Owner> => ({
  checkout: CHECKOUT,
  boot: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
  binaries,
});

/** The recorded owner; undefined when there is none or the record was never finished. */
export const recordedOwner = async (): Promise<Owner | undefined> => {
  try {
    return parseJson<Owner>(await readFile(RECORD, 'utf8'));
  } catch {
    return undefined;
  }
};

export const recordOwner = async (owner: Owner): Promise<void> => {
  await mkdir(join(RUNTIME, 'processes'), { recursive: true, mode: 0o700 });
  await writeFile(RECORD, JSON.stringify(owner));
};

/** Whether anything of a cluster, running or broken, is on this machine. */
export const anythingLeft = async (): Promise<boolean> =>
  existsSync(RUNTIME) || existsSync(STORAGE) || (await namespaces()).length > 0;

/**
 * Why the cluster that is here cannot be continued by `next`, in words for the user; undefined when it can. A cluster is
 * continued by the checkout that started it, with the same binaries, as long as the machine was not restarted.
 */
export const obstacle = (current: Owner | undefined, next: Owner): string | undefined => {
  if (current === undefined) return 'what an interrupted start left';
  if (current.checkout !== next.checkout) return `the cluster of ${current.checkout}`;
  if (current.boot !== next.boot) return 'what was left of the cluster when the machine restarted';
  if (current.binaries !== next.binaries) return 'the cluster, which runs other versions';
  return undefined;
};
