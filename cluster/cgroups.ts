/**
 * The cluster's control groups. Every process that the cluster starts, containers included, lives in them: what is in
 * there is ours, whatever its parent or name, and that is how `cluster-down` finds it.
 */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RUNTIME } from './layout.ts';
import { waitUntil } from './wait.ts';

const ROOT = '/sys/fs/cgroup';
const NAME = 'qs-redis-operator';
const KILL_TIMEOUT_MS = 20_000;
/** Folders that were made above our own group, one a line: they are removed with it. */
const PARENTS_RECORD = join(RUNTIME, 'cgroup-parents');
/** The path of our own group, kept because another session may sit elsewhere in the tree. */
const PATH_RECORD = join(RUNTIME, 'cgroup');

/** Mounted hierarchies (`''` is the only one of version 2), and the path of our own group in each of them. */
export type CgroupTree = { readonly hierarchies: readonly string[]; readonly path: string };

/**
 * The hierarchies of /proc/self/cgroup and where our group goes: below this process's own memory group with version 1,
 * at the top with version 2, where only the top may hold both processes and groups with controllers.
 * https://man7.org/linux/man-pages/man7/cgroups.7.html
 */
export const parseOwnCgroup = (text: string): CgroupTree => {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.split(':'));
  const legacy = lines.filter(([id]) => id !== '0');
  if (legacy.length === 0) return { hierarchies: [''], path: `/${NAME}` };
  const memory = legacy.find(([, controllers]) => controllers?.split(',').includes('memory'))?.[2] ?? '/';
  return {
    // runc makes groups in the empty version 2 hierarchy beside version 1, too.
    hierarchies: [...legacy.map(([, controllers = '']) => controllers.replace(/^name=/, '')), 'unified'],
    path: join(memory, NAME),
  };
};

/** The recorded tree, or the one that belongs to this process when nothing is recorded. */
export const cgroupTree = async (): Promise<CgroupTree> => {
  const own = parseOwnCgroup(await readFile('/proc/self/cgroup', 'utf8'));
  const recorded = await readFile(PATH_RECORD, 'utf8').catch(() => '');
  return {
    hierarchies: own.hierarchies.filter((hierarchy) => existsSync(join(ROOT, hierarchy))),
    path: recorded === '' ? own.path : recorded,
  };
};

/** The path of a group below ours, as the kubelet's `cgroupRoot` wants it. */
export const groupPath = (tree: CgroupTree, name: string): string => join(tree.path, name);

/** The file of each hierarchy that takes a process into a group. */
export const membershipFiles = (tree: CgroupTree, name: string): readonly string[] =>
  tree.hierarchies.map((hierarchy) => join(ROOT, hierarchy, groupPath(tree, name), 'cgroup.procs'));

/** Makes our group and the named ones below it, in every hierarchy. */
export const createCgroups = async (tree: CgroupTree, names: readonly string[]): Promise<void> => {
  await writeFile(PATH_RECORD, tree.path);
  for (const hierarchy of tree.hierarchies) {
    for (const name of names) await makeGroups(join(ROOT, hierarchy), groupPath(tree, name).slice(1).split('/'));
  }
};

const makeGroups = async (top: string, segments: readonly string[]): Promise<void> => {
  let parent = top;
  for (const segment of segments) {
    const group = join(parent, segment);
    if (!existsSync(group)) {
      if (!group.includes(`/${NAME}`)) await appendFile(PARENTS_RECORD, `${group}\n`);
      await mkdir(group);
    }
    await inherit(parent, group);
    parent = group;
  }
};

/** cpuset (version 1) starts without processors; version 2 hands a controller down only when told. */
const inherit = async (parent: string, group: string): Promise<void> => {
  for (const name of ['cpuset.cpus', 'cpuset.mems']) {
    const file = join(group, name);
    if (!existsSync(file) || existsSync(join(ROOT, 'cgroup.controllers'))) continue;
    if ((await readFile(file, 'utf8')).trim() === '') await writeFile(file, await readFile(join(parent, name)));
  }
  const control = join(parent, 'cgroup.subtree_control');
  if (!existsSync(control)) return;
  const controllers = (await readFile(join(parent, 'cgroup.controllers'), 'utf8')).trim().split(' ');
  for (const controller of controllers) await writeFile(control, `+${controller}`).catch(() => {});
};

/** Kills everything in our groups and removes them. Does nothing when there are none. */
export const removeCgroups = async (tree: CgroupTree): Promise<void> => {
  const tops = tree.hierarchies.map((hierarchy) => join(ROOT, hierarchy, tree.path));
  await waitUntil(async () => (await killAll(tops)) === 0, {
    what: 'every process of the cluster has ended',
    timeoutMs: KILL_TIMEOUT_MS,
  });
  await Promise.all(tops.map(removeTree));
  const parents = await readFile(PARENTS_RECORD, 'utf8').catch(() => '');
  for (const group of parents.trim().split('\n').toReversed()) if (group !== '') await rmdir(group).catch(() => {});
};

const killAll = async (tops: readonly string[]): Promise<number> => {
  const pids = new Set((await Promise.all(tops.map(members))).flat());
  for (const pid of pids) killQuietly(pid);
  return pids.size;
};

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between being listed and being killed.
  }
};

const subgroups = async (group: string): Promise<readonly string[]> => {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
};

const members = async (group: string): Promise<number[]> => {
  const own = (await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '')).split('\n').map(Number);
  const below = await Promise.all((await subgroups(group)).map(members));
  return [...own.filter((pid) => pid > 0), ...below.flat()];
};

const removeTree = async (group: string): Promise<void> => {
  if (!existsSync(group)) return;
  for (const child of await subgroups(group)) await removeTree(child);
  // The kernel lets go of a group a moment after its last process was reaped.
  const gone = (): Promise<boolean> =>
    rmdir(group).then(
      () => true,
      () => !existsSync(group),
    );
  await waitUntil(gone, { what: `the control group ${group} is empty`, timeoutMs: KILL_TIMEOUT_MS });
};
