/** An operator as a process outside the cluster, in the network of the control plane. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHECKOUT, LOGS, PKI } from '../cluster/layout.ts';
import { say } from '../cluster/progress.ts';
import type { Undo } from './undo.ts';

const LOG = join(LOGS, 'other-operator.log');
const GRACE_MS = 10_000;
const POLL_MS = 100;
const LAST_CHARACTERS = 1_000;

/** Starts a shell command with KUBECONFIG set to an administrator's. What it prints goes to a log of the cluster. */
export const startOutside = (command: string, undo: Undo): void => {
  const log = openSync(LOG, 'w');
  const child = spawn(join(CHECKOUT, 'cluster', 'in'), ['control', 'sh', '-c', command], {
    cwd: CHECKOUT,
    // A process group of its own: Ctrl-C does not reach it, and it can be ended as a whole.
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, KUBECONFIG: join(PKI, 'admin.kubeconfig') },
  });
  const ended = new Promise<'ended'>((resolve) => {
    child.on('close', () => resolve('ended')).on('error', () => resolve('ended'));
  });
  undo.add('the other operator is stopped', async () => {
    if ((await Promise.race([ended, sleep(0)])) === 'ended') await tellEnd();
    else if (child.pid !== undefined) await stopGroup(child.pid, ended);
  });
};

const tellEnd = async (): Promise<void> => {
  const said = (await readFile(LOG, 'utf8')).slice(-LAST_CHARACTERS);
  say(`  the other operator has ended by itself; it said:\n${said}`);
};

/** First with SIGTERM, then with SIGKILL, until nothing is left that it started. */
const stopGroup = async (pid: number, ended: Promise<unknown>): Promise<void> => {
  signalGroup(pid, 'SIGTERM');
  await Promise.race([ended, sleep(GRACE_MS)]);
  while (signalGroup(pid, 'SIGKILL')) await sleep(POLL_MS);
};

/** False when no process of the group is left. */
const signalGroup = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
};
