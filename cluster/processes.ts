/** The cluster's long-lived processes: started in a namespace and a control group, known again by pid and start time. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CgroupTree, membershipFiles } from './cgroups.ts';
import { LOGS, RUNTIME } from './layout.ts';
import { waitUntil } from './wait.ts';

const LAUNCH_TIMEOUT_MS = 10_000;
const RECORDS = join(RUNTIME, 'processes');
/** The control group of everything that is not a pod. */
export const SYSTEM_GROUP = 'system';

/**
 * Joins the control groups, then notes its own pid and start time, then becomes the program: there is no moment in which
 * the process runs and cannot be found.
 */
const LAUNCH = `
record=$1; shift
while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done
shift
cat /proc/$$/stat >"$record" && exec "$@"`;

/** One process to keep running. */
export type Daemon = {
  readonly name: string;
  /** The network namespace it runs in; the machine's own when left out. */
  readonly namespace?: string;
  readonly command: readonly string[];
};

/** Who a process is: the kernel may use its pid again, but not with the same start time (in clock ticks since boot). */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string; readonly zombie: boolean };

/** Reads a line of /proc/PID/stat; undefined when it is none. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export const parseStat = (line: string): ProcessIdentity | undefined => {
  // The second field is the program's name in parentheses and may hold anything, parentheses and spaces too.
  const [state, ...rest] = line
    .slice(line.lastIndexOf(')') + 2)
    .trim()
    .split(' ');
  const pid = Number.parseInt(line, 10);
  const startTime = rest[18];
  if (!Number.isInteger(pid) || startTime === undefined) return undefined;
  return { pid, startTime, zombie: state === 'Z' };
};

const recordOf = (name: string): string => join(RECORDS, name);

const recordedIdentity = async (name: string): Promise<ProcessIdentity | undefined> =>
  parseStat(await readFile(recordOf(name), 'utf8').catch(() => ''));

/** Whether the daemon that was started under this name still runs. */
export const isRunning = async (name: string): Promise<boolean> => {
  const recorded = await recordedIdentity(name);
  if (recorded === undefined) return false;
  const current = parseStat(await readFile(`/proc/${recorded.pid}/stat`, 'utf8').catch(() => ''));
  return current !== undefined && current.startTime === recorded.startTime && !current.zombie;
};

/** Starts a daemon unless it runs already; its output goes to `.cluster/logs/NAME.log`. */
export const ensureDaemon = async (tree: CgroupTree, daemon: Daemon): Promise<void> => {
  if (await isRunning(daemon.name)) return;
  const enter = daemon.namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${daemon.namespace}`];
  const log = openSync(join(LOGS, `${daemon.name}.log`), 'a');
  const args = [recordOf(daemon.name), ...membershipFiles(tree, SYSTEM_GROUP), '--', ...enter, ...daemon.command];
  const child = spawn('sh', ['-c', LAUNCH, 'launch', ...args], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve).once('error', reject);
  });
  // Until the record names this process, `isRunning` speaks of its predecessor.
  const recorded = async (): Promise<boolean> =>
    child.exitCode !== null || (await recordedIdentity(daemon.name))?.pid === child.pid;
  await waitUntil(recorded, { what: `${daemon.name} is recorded`, timeoutMs: LAUNCH_TIMEOUT_MS });
  child.unref();
};

/** For conditions that are waited for: false while the daemon may still make them true. */
export const throwUnlessRunning = async (name: string): Promise<false> => {
  if (await isRunning(name)) return false;
  throw new Error(`${name} ended; .cluster/logs/${name}.log:\n${await logTail(name)}`);
};

const logTail = async (name: string): Promise<string> => {
  const text = await readFile(join(LOGS, `${name}.log`), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
};
