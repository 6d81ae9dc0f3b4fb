/** The control plane: etcd, API server, controller manager, scheduler, and the way in from the machine's own shell. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfig, pki } from './certificates.ts';
import { run, succeeds } from './command.ts';
import {
  API_PORT,
  CONFIG,
  CONTROL,
  CONTROL_IP,
  KUBECONFIG,
  LOGS,
  POD_NETWORK,
  RUNTIME,
  SERVICE_NETWORK,
  STORAGE,
  TUNNEL_PORT,
} from './layout.ts';
import { type Daemon, throwUnlessRunning } from './processes.ts';
import { waitUntil } from './wait.ts';

const ETCD_URL = 'http://127.0.0.1:2379';
const READY_TIMEOUT_MS = 60_000;

/** Turns an object into `--name=value` arguments. */
export const flags = (values: Readonly<Record<string, string | number | boolean>>): readonly string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** etcd without waiting for the disk: a cluster that does not outlive the machine need not survive a power cut. */
const etcd = (binaries: string): Daemon => ({
  name: 'etcd',
  namespace: CONTROL,
  command: [
    join(binaries, 'server'),
    ...flags({
      'data-dir': join(STORAGE, 'etcd'),
      'listen-client-urls': ETCD_URL,
      'advertise-client-urls': ETCD_URL,
      'listen-peer-urls': 'http://127.0.0.1:2380',
      'unsafe-no-fsync': true,
    }),
  ],
});

const apiServer = (binaries: string): Daemon => ({
  name: 'apiserver',
  namespace: CONTROL,
  command: [
    join(binaries, 'kube-apiserver'),
    ...flags({
      'etcd-servers': ETCD_URL,
      'service-cluster-ip-range': SERVICE_NETWORK,
      'advertise-address': CONTROL_IP,
      'secure-port': API_PORT,
      'client-ca-file': pki('ca.crt'),
      'tls-cert-file': pki('apiserver.crt'),
      'tls-private-key-file': pki('apiserver.key'),
      'service-account-key-file': pki('service-accounts.pub'),
      'service-account-signing-key-file': pki('service-accounts.key'),
      'service-account-issuer': 'https://kubernetes.default.svc',
      'authorization-mode': 'Node,RBAC',
      'enable-admission-plugins': 'NodeRestriction',
      'allow-privileged': true,
      'kubelet-client-certificate': pki('apiserver-kubelet-client.crt'),
      'kubelet-client-key': pki('apiserver-kubelet-client.key'),
      // Else logs and exec look nodes up by name, which nothing here resolves.
      'kubelet-preferred-address-types': 'InternalIP',
      'audit-policy-file': join(CONFIG, 'audit-policy.yaml'),
      'audit-log-path': join(LOGS, 'audit.log'),
      'audit-log-maxsize': 500,
      'audit-log-maxbackup': 2,
    }),
  ],
});

/** A node counts as lost after 10 s instead of 50 s, so that tests of lost nodes end. */
const controllerManager = (binaries: string): Daemon => ({
  name: 'controller-manager',
  namespace: CONTROL,
  command: [
    join(binaries, 'kube-controller-manager'),
    ...flags({
      kubeconfig: pki('controller-manager.kubeconfig'),
      'service-account-private-key-file': pki('service-accounts.key'),
      'root-ca-file': pki('ca.crt'),
      'use-service-account-credentials': true,
      'leader-elect': false,
      'node-monitor-grace-period': '10s',
      'node-monitor-period': '2s',
    }),
  ],
});

const scheduler = (binaries: string): Daemon => ({
  name: 'scheduler',
  namespace: CONTROL,
  command: [
    join(binaries, 'kube-scheduler'),
    ...flags({ kubeconfig: pki('scheduler.kubeconfig'), 'leader-elect': false }),
  ],
});

/** kube-proxy, on a node or (so that Services can be reached from there) in the control plane's namespace. */
export const kubeProxy = (binaries: string, place: { readonly name: string; readonly namespace: string }): Daemon => ({
  name: `kube-proxy-${place.name}`,
  namespace: place.namespace,
  command: [
    join(binaries, 'kube-proxy'),
    ...flags({
      kubeconfig: pki('proxy.kubeconfig'),
      'cluster-cidr': POD_NETWORK,
      'hostname-override': place.name,
      'proxy-mode': 'nftables',
      // These settings belong to the machine, which is not kube-proxy's here.
      'conntrack-max-per-core': 0,
      'conntrack-tcp-timeout-established': 0,
      'conntrack-tcp-timeout-close-wait': 0,
      'healthz-bind-address': '0.0.0.0:10256',
    }),
  ],
});

/** Makes the volumes of the StorageClass `standard`. */
const volumeProvisioner = (): Daemon => ({
  name: 'volumes',
  namespace: CONTROL,
  command: [process.execPath, join(import.meta.dirname, 'volumes', 'main.ts'), pki('volumes.kubeconfig')],
});

const TUNNEL_SOCKET = join(RUNTIME, 'api.sock');

/** Two socats joined by a UNIX socket, which, unlike addresses, is the same file in every network namespace. */
const tunnel = (): readonly Daemon[] => [
  {
    name: 'tunnel-inside',
    namespace: CONTROL,
    command: [
      'socat',
      `UNIX-LISTEN:${TUNNEL_SOCKET},fork,mode=600,unlink-early,backlog=512`,
      `TCP:${CONTROL_IP}:${API_PORT},nodelay`,
    ],
  },
  {
    name: 'tunnel-outside',
    command: [
      'socat',
      `TCP-LISTEN:${TUNNEL_PORT},bind=127.0.0.1,fork,reuseaddr,nodelay,backlog=512`,
      `UNIX-CONNECT:${TUNNEL_SOCKET}`,
    ],
  },
];

/** What runs before the API server answers. */
export const firstDaemons = (binaries: string): readonly Daemon[] => [etcd(binaries), apiServer(binaries), ...tunnel()];

/** What needs the API server. */
export const laterDaemons = (binaries: string): readonly Daemon[] => [
  controllerManager(binaries),
  scheduler(binaries),
  volumeProvisioner(),
  kubeProxy(binaries, { name: 'control', namespace: CONTROL }),
];

/** Writes the files that the control plane reads, and the user's kubeconfig. */
export const writeControlPlaneFiles = async (): Promise<void> => {
  await mkdir(CONFIG, { recursive: true });
  await mkdir(join(STORAGE, 'etcd'), { recursive: true, mode: 0o700 });
  await copyFile(join(import.meta.dirname, 'audit-policy.yaml'), join(CONFIG, 'audit-policy.yaml'));
  await writeFile(KUBECONFIG, await kubeconfig('admin', `https://127.0.0.1:${TUNNEL_PORT}`), { mode: 0o600 });
};

/** Runs kubectl as administrator, the way a user does. */
export const kubectl = (binaries: string, args: readonly string[], input = ''): Promise<string> =>
  run([join(binaries, 'kubectl'), '--kubeconfig', KUBECONFIG, ...args], { input });

/** Resolves once the API server answers that it is ready; rejects early when it has ended. */
export const apiServerReady = async (binaries: string): Promise<void> => {
  const readyz = ['--kubeconfig', KUBECONFIG, '--request-timeout=2s', 'get', '--raw', '/readyz'];
  await waitUntil(
    async () => {
      if (await succeeds([join(binaries, 'kubectl'), ...readyz])) return true;
      await Promise.all(firstDaemons(binaries).map((daemon) => throwUnlessRunning(daemon.name)));
      return false;
    },
    { what: 'the API server is ready', timeoutMs: READY_TIMEOUT_MS },
  );
};
