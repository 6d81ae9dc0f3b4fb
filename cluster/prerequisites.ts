/** What the machine must have: root, and Debian's packages of the container runtime. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from './command.ts';
import { step } from './progress.ts';

/** A program or file that shows that a package is installed, and the package. */
const PACKAGES: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  runc: 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  ip: 'iproute2',
  nft: 'nftables',
  iptables: 'iptables',
  conntrack: 'conntrack',
  catatonit: 'catatonit',
  openssl: 'openssl',
  mmdebstrap: 'mmdebstrap',
  socat: 'socat',
  sysctl: 'procps',
};
const PROGRAM_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Throws a message that says what to do unless this is root. */
export const requireRoot = (): void => {
  if (process.getuid?.() !== 0) {
    throw new Error(
      'the local cluster makes network namespaces and mounts: run this as root, or CLUSTER=current to use your own',
    );
  }
};

/** The packages that are not installed, as far as `exists` can tell from their files. */
export const missingPackages = (exists: (file: string) => boolean): readonly string[] =>
  Object.entries(PACKAGES)
    .filter(([program]) => !PROGRAM_FOLDERS.some((folder) => exists(resolve(folder, program))))
    .map(([, name]) => name);

/** Installs the packages that are missing; throws when this is not Debian. */
export const ensurePackages = async (): Promise<void> => {
  const missing = missingPackages(existsSync);
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`these programs are missing and apt-get to install them with, too: ${missing.join(', ')}`);
  }
  await step(`installing Debian packages: ${missing.join(' ')}`, async () => {
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: INSTALL_TIMEOUT_MS };
    await run(['apt-get', 'update', '-qq'], options);
    await run(['apt-get', 'install', '-qq', '-y', '--no-install-recommends', ...missing], options);
  });
};
