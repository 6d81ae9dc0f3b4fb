/** `main.ts up | down | images`: what `make cluster`, `make cluster-down` and `make image` call. */
import { spawnSync } from 'node:child_process';
import { down } from './down.ts';
import { CHECKOUT, KUBECONFIG, parseNodeCount } from './layout.ts';
import { requireRoot } from './prerequisites.ts';
import { say } from './progress.ts';
import { images, up } from './up.ts';

const LOCK = '/run/qs-redis-operator.lock';

const commands: Readonly<Record<string, () => Promise<void>>> = {
  up: async () => {
    await up(parseNodeCount(process.env['NODES']));
    say(`Kubernetes is ready: kubectl --kubeconfig ${KUBECONFIG.replace(`${CHECKOUT}/`, '')} get nodes`);
  },
  images: async () => {
    requireRoot();
    await images();
  },
  down: async () => {
    requireRoot();
    say((await down()) ? 'the local cluster is gone' : 'no local cluster is running');
  },
};

/** Runs this program again under flock, which waits for another one to end; the daemons do not inherit the lock. */
const runLocked = (command: string): number => {
  const args = ['--close', LOCK, process.execPath, import.meta.filename, command, 'locked'];
  const { error, status } = spawnSync('flock', args, { stdio: 'inherit' });
  if (error !== undefined) throw error;
  return status ?? 1;
};

const main = async (): Promise<void> => {
  const [name = '', locked] = process.argv.slice(2);
  const command = commands[name];
  if (command === undefined) throw new Error(`usage: cluster/main.ts ${Object.keys(commands).join(' | ')}`);
  // A shell of an ordinary user that became root may lack the folders of the system's programs.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  if (locked === undefined) process.exitCode = runLocked(name);
  else await command();
};

try {
  await main();
} catch (error) {
  say(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
