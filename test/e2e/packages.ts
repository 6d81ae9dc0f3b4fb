/** redis-server and redis-sentinel for test/conformance, which runs real ones on loopback. */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { run } from '../../cluster/command.ts';
import { say } from '../../cluster/progress.ts';

const PROGRAMS: Readonly<Record<string, string>> = {
  '/usr/bin/redis-server': 'redis-server',
  '/usr/bin/redis-sentinel': 'redis-sentinel',
};
const INSTALL_LIMIT_MS = 10 * 60_000;
/** Exists while packages are installed: its status 101 forbids them to start services. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs what is missing and leaves no service running or enabled. Rejects with what the user can do. */
export const ensureRedisPackages = async (): Promise<void> => {
  const missing = Object.entries(PROGRAMS).flatMap(([file, name]) => (existsSync(file) ? [] : [name]));
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`redis-server and redis-sentinel are needed on this machine: install ${missing.join(' and ')}`);
  }
  say(`  installing Debian packages: ${missing.join(' ')}`);
  await withoutServices(async () => {
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: INSTALL_LIMIT_MS };
    await run(['apt-get', 'update', '-qq'], options);
    await run(['apt-get', 'install', '-qq', '-y', '--no-install-recommends', ...missing], options);
  });
  if (existsSync('/run/systemd/system')) await run(['systemctl', 'disable', '--now', ...missing]);
};

const withoutServices = async (install: () => Promise<void>): Promise<void> => {
  if (existsSync(POLICY)) return install();
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    await rm(POLICY);
  }
};
