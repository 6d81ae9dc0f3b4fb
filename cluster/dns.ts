/** The cluster's DNS: CoreDNS as a process in the control plane's namespace, behind the kube-dns Service. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pki } from './certificates.ts';
import { succeeds } from './command.ts';
import { CONFIG, CONTROL, CONTROL_IP, DNS_SERVICE_IP, RUNTIME } from './layout.ts';
import type { Daemon } from './processes.ts';
import { waitUntil } from './wait.ts';

const READY_URL = `http://${CONTROL_IP}:8181/ready`;
const READY_TIMEOUT_MS = 30_000;

/** The cluster has no way out: other names than its own do not exist. The TTL is short, for pods that come back elsewhere. */
export const corefile = (kubeconfig: string): string => `
cluster.local in-addr.arpa ip6.arpa {
    bind ${CONTROL_IP}
    errors
    ready ${CONTROL_IP}:8181
    kubernetes {
        kubeconfig ${kubeconfig}
        pods insecure
        ttl 5
    }
}
. {
    bind ${CONTROL_IP}
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`;

/** What `./cluster/in` puts over /etc/resolv.conf. */
const RESOLV_CONF = `nameserver ${DNS_SERVICE_IP}
search default.svc.cluster.local svc.cluster.local cluster.local
options ndots:5
`;

export const writeDnsFiles = async (): Promise<void> => {
  await writeFile(join(CONFIG, 'Corefile'), corefile(pki('coredns.kubeconfig')));
  await writeFile(join(RUNTIME, 'resolv.conf'), RESOLV_CONF);
};

export const coreDns = (binaries: string): Daemon => ({
  name: 'coredns',
  namespace: CONTROL,
  command: [join(binaries, 'coredns'), '-conf', join(CONFIG, 'Corefile')],
});

/** Resolves once CoreDNS knows the cluster's Services. */
export const dnsReady = async (): Promise<void> => {
  const ask = `const r = await fetch(${JSON.stringify(READY_URL)}); process.exit(r.ok ? 0 : 1)`;
  const command = ['nsenter', `--net=/run/netns/${CONTROL}`, process.execPath, '--input-type=module', '-e', ask];
  await waitUntil(() => succeeds(command), { what: 'CoreDNS is ready', timeoutMs: READY_TIMEOUT_MS });
};
