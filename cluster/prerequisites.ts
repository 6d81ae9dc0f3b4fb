/** What the machine must have: root, and Debian's packages of the container runtime. */
import { existsSync } from 'node:fs';
import { run } from './command.ts';
import { step } from './progress.ts';

/** A file that shows that a package is installed, and the package. */
const PACKAGES: Readonly<Record<string, string>> = {
  '/usr/bin/containerd': 'containerd',
  '/usr/sbin/runc': 'runc',
  '/usr/lib/cni/bridge': 'containernetworking-plugins',
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/nft': 'nftables',
  '/usr/sbin/iptables': 'iptables',
  '/usr/sbin/conntrack': 'conntrack',
  '/usr/bin/catatonit': 'catatonit',
  '/usr/bin/openssl': 'openssl',
  '/usr/bin/mmdebstrap': 'mmdebstrap',
  '/usr/bin/socat': 'socat',
  '/usr/sbin/sysctl': 'procps',
  '/usr/bin/flock': 'util-linux',
};
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** Throws a message that says what to do unless this is root. */
export const requireRoot = (): void => {
  if (process.getuid?.() !== 0) {
    throw new Error(
      'the local cluster makes network namespaces and mounts: run this as root, or CLUSTER=current to use your own',
    );
  }
};

/** The packages that are not installed. */
export const missingPackages = (exists: (file: string) => boolean): readonly string[] =>
  Object.entries(PACKAGES)
    .filter(([file]) => !exists(file))
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
