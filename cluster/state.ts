/** What tests, the demo and benchmarks ask of the cluster: that there is one, and how to reach it. */
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './command.ts';
import { BIN, KUBECONFIG } from './layout.ts';

/** A cluster that answers. `bin` holds kubectl and helm; it is `''` when they are those of the PATH. */
export type Cluster = { readonly kubeconfig: string; readonly bin: string };

/** Whether the cluster is the local one; CLUSTER=current stands for the one of the user's kubeconfig. */
export const isLocal = (): boolean => process.env['CLUSTER'] !== 'current';

/** The first file of KUBECONFIG, or ~/.kube/config, as kubectl has it. */
export const currentKubeconfig = (environment: Readonly<Record<string, string | undefined>>): string =>
  environment['KUBECONFIG']?.split(':').find((file) => file !== '') ?? join(homedir(), '.kube', 'config');

/**
 * Resolves to a cluster that answers: the local one, started or mended if need be, with as many nodes as NODES says; or
 * with CLUSTER=current the user's own, which is never touched. Rejects with words for the user.
 */
export const ensureCluster = async (): Promise<Cluster> => {
  if (isLocal()) {
    await runMain('up');
    return { kubeconfig: KUBECONFIG, bin: BIN };
  }
  const kubeconfig = currentKubeconfig(process.env);
  await run(['kubectl', '--kubeconfig', kubeconfig, '--request-timeout=10s', 'get', '--raw', '/readyz']);
  return { kubeconfig, bin: '' };
};

/** Makes the operator's image from this checkout and loads it; with CLUSTER=current it is expected to be there. */
export const ensureImages = async (): Promise<void> => {
  if (isLocal()) await runMain('images');
};

const runMain = (command: 'up' | 'images'): Promise<void> =>
  new Promise((resolve, reject) => {
    const main = join(import.meta.dirname, 'main.ts');
    const child = spawn(process.execPath, [main, command], { stdio: 'inherit' });
    child.on('error', reject).on('close', (status) => {
      if (status === 0) resolve();
      else reject(new Error(`the local cluster failed (cluster/main.ts ${command})`));
    });
  });
