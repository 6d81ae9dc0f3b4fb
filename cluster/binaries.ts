/** Builds Kubernetes, etcd, CoreDNS and Helm from the versions pinned in `tools/go.mod`, once per set of pins. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { run, succeeds } from './command.ts';
import { BIN, CACHE } from './layout.ts';
import { step } from './progress.ts';

const TOOLS = join(import.meta.dirname, 'tools');
const FOLDER = join(CACHE, 'binaries');
/** Programs that a user wants at hand, linked into `.cluster/bin`. */
const FOR_USERS = ['kubectl', 'helm'];

/** The Kubernetes version that a go.mod pins, such as `v1.34.4`. Throws when it pins none. */
export const kubernetesVersion = (goMod: string): string => {
  const version = /^\s*k8s\.io\/kubernetes (v\d+\.\d+\.\d+)\b/m.exec(goMod)?.[1];
  if (version === undefined) throw new Error('cluster/tools/go.mod does not require k8s.io/kubernetes');
  return version;
};

/** Linker flags: no debug information, and the version that nodes, `kubectl version` and Helm's checks see. */
export const linkerFlags = (version: string): string => {
  const [major = '', minor = ''] = version.slice(1).split('.');
  return ['-s -w', stamp('gitVersion', version), stamp('gitMajor', major), stamp('gitMinor', minor)].join(' ');
};

const stamp = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`;

/** The folder of the binaries; builds them when the cache has none for these pins. */
export const ensureBinaries = async (): Promise<string> => {
  const goMod = await readFile(join(TOOLS, 'go.mod'), 'utf8');
  const folder = join(FOLDER, createHash('sha256').update(goMod).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  if (!(await succeeds(['go', 'version']))) {
    throw new Error('Go is missing: install Go 1.25 or newer from https://go.dev/dl/, it builds Kubernetes');
  }
  const version = kubernetesVersion(goMod);
  await step(`building Kubernetes ${version}, etcd, CoreDNS and Helm (10 to 15 minutes on 2 cores, once)`, (at) =>
    build({ folder, version, at }),
  );
  return folder;
};

const build = async (options: {
  readonly folder: string;
  readonly version: string;
  readonly at: (place: string) => void;
}): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  const unfinished = join(FOLDER, `unfinished-${process.pid}`);
  await removeUnfinished();
  await goBuild(['-ldflags', linkerFlags(options.version), '-o', `${unfinished}/`], options.at);
  await rename(unfinished, options.folder);
};

/** What earlier builds left when they were interrupted. The lock in main.ts keeps a second build away. */
const removeUnfinished = async (): Promise<void> => {
  const names = (await readdir(FOLDER)).filter((name) => name.startsWith('unfinished-'));
  await Promise.all(names.map((name) => rm(join(FOLDER, name), { recursive: true })));
};

const goBuild = (args: readonly string[], at: (place: string) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('nice', ['go', 'build', '-v', '-trimpath', ...args, 'tool'], {
      cwd: TOOLS,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const tail: string[] = [];
    createInterface(child.stderr).on('line', (line) => {
      at(line);
      if (tail.push(line) > 20) tail.shift();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`go build failed:\n${tail.join('\n')}`));
    });
  });

/** Puts kubectl and helm into `.cluster/bin`. */
export const linkForUsers = async (folder: string): Promise<void> => {
  await mkdir(BIN, { recursive: true });
  for (const name of FOR_USERS) await run(['ln', '-sfn', join(folder, name), join(BIN, name)]);
};
