/** Makes the mounts that a node needs, and finds and removes those that a cluster left below its folders. */
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { run, succeeds } from './command.ts';

const NETWORK_NAMESPACES = '/run/netns';

/** Mount points below a folder in /proc/self/mountinfo, the latest first, as they must be unmounted. */
export const mountsBelow = (mountinfo: string, folder: string): readonly string[] =>
  mountinfo
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((point) => point === folder || point.startsWith(`${folder}/`))
    .toReversed();

/** The kernel writes a space, tab, newline and backslash of a path as three octal digits. */
const unescape = (path: string): string =>
  path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Mounts a folder on itself, once, such that what is mounted below it shows in every mount namespace. */
export const mountShared = async (folder: string): Promise<void> => {
  if (!mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), folder).includes(folder)) {
    await run(['mount', '--bind', folder, folder]);
  }
  await run(['mount', '--make-rshared', folder]);
};

/**
 * Unmounts everything below the folders; what is busy is detached and goes when its last user goes. A mount that cannot
 * be reached, because another one hides it, is left.
 */
export const unmountBelow = async (folders: readonly string[]): Promise<void> => {
  for (const folder of folders) {
    for (const point of mountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), folder)) {
      if (!(await succeeds(['umount', point]))) await succeeds(['umount', '--lazy', point]);
    }
  }
};

/** `ip netns` mounts /run/netns on itself and never takes it away: do so once no namespace is left. */
export const unmountNamespaceFolder = async (): Promise<void> => {
  const names = await readdir(NETWORK_NAMESPACES).catch(() => undefined);
  if (names === undefined || names.length > 0) return;
  await unmountBelow([NETWORK_NAMESPACES]);
  await rmdir(NETWORK_NAMESPACES);
};
