/** Real Redis and Sentinel processes on loopback, and scripts run beside them. Each process is ended by its own id. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process may take to answer, in milliseconds. */
const START_LIMIT_MS = 10_000;

/** How many scripts were run, so that each has a file of its own. */
const count = { scripts: 0 };
const started: RedisProcess[] = [];
const scripts = mkdtempSync(join(tmpdir(), 'scripts-'));

export type RedisProcess = {
  readonly port: number;
  readonly directory: string;
  /** One command through redis-cli; its output without the last line break. */
  readonly call: (...args: readonly string[]) => Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Kills the process, removes its files, and resolves when it is gone. */
  readonly stop: () => Promise<void>;
};

/** Starts redis-server with lines of redis.conf, as Sentinel if asked, and resolves when it answers anything. */
export const startRedis = async (options: {
  readonly config: readonly string[];
  readonly port?: number;
  readonly directory?: string;
  /** Starts from the file that a process left in the directory. */
  readonly again?: true;
  readonly sentinel?: true;
  /** Arguments after the file. */
  readonly options?: readonly string[];
}): Promise<RedisProcess> => {
  const port = options.port ?? (await freePort());
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'redis-'));
  const file = join(directory, 'server.conf');
  if (!options.again) writeFileSync(file, [`port ${port}`, `dir ${directory}`, ...options.config, ''].join('\n'));
  const args = [file, ...(options.options ?? []), ...(options.sentinel ? ['--sentinel'] : [])];
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  const redis = processOf(child, { port, directory });
  started.push(redis);
  await answers(redis, child);
  return redis;
};

/** A Redis that sends its data to replicas at once. */
export const redis = (...config: readonly string[]): Promise<RedisProcess> =>
  startRedis({ config: ['repl-diskless-sync-delay 0', ...config] });

/** A replica of `master`, at an address that is not the one of a pod that has none. */
export const replicaOf = (master: { readonly port: number }, ...config: readonly string[]): Promise<RedisProcess> =>
  redis(`replicaof 127.0.0.2 ${master.port}`, ...config);

/** Ends everything that was started; for `afterEach`. */
export const stopAll = async (): Promise<void> => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
};

export type Outcome = { readonly code: number; readonly output: string; readonly ms: number };

/** Runs a script with /bin/sh, as the kubelet does. */
export const runScript = (script: string, env: Readonly<Record<string, string>> = {}): Promise<Outcome> => {
  count.scripts += 1;
  const file = join(scripts, `${count.scripts}.sh`);
  writeFileSync(file, script);
  const begun = Date.now();
  return new Promise((resolve) => {
    execFile('/bin/sh', [file], { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 255) : 0, output: stdout + stderr, ms: Date.now() - begun }),
    );
  });
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** Waits until `check` holds. */
export const eventually = async (
  what: string,
  check: () => Promise<boolean>,
  limitMs = START_LIMIT_MS,
): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(50);
  }
};

const processOf = (child: ChildProcess, { port, directory }: { port: number; directory: string }): RedisProcess => {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    port,
    directory,
    call: (...args) => redisCli(port, args),
    signal: (signal) => child.kill(signal),
    stop: async () => {
      child.kill('SIGKILL');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
};

const answers = async (one: RedisProcess, child: ChildProcess): Promise<void> => {
  let failed: Error | undefined;
  child.once('error', (error) => (failed = error));
  await eventually('redis-server answers', async () => {
    if (failed) throw failed;
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    return !(await one.call('PING')).startsWith('Could not connect');
  });
};

const redisCli = (port: number, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile('redis-cli', ['-p', String(port), ...args], { timeout: 5_000 }, (_error, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.replaceAll('\r', '').trimEnd()),
    );
  });
