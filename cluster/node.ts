/** A node: containerd, kubelet and kube-proxy in its own network namespace, with folders and control groups of its own. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PAUSE_IMAGE } from '../images/build.ts';
import { pki } from './certificates.ts';
import { type CgroupTree, groupPath } from './cgroups.ts';
import { succeeds } from './command.ts';
import { flags, kubeProxy } from './control-plane.ts';
import { DNS_SERVICE_IP, type Node } from './layout.ts';
import { mountShared } from './mounts.ts';
import { type Daemon, ensureDaemon, isRunning, throwUnlessRunning } from './processes.ts';
import { waitUntil } from './wait.ts';

const DEVICE_PLUGIN_SOCKET = '/var/lib/kubelet/device-plugins/kubelet.sock';
const READY_TIMEOUT_MS = 20_000;

/** containerd's configuration. The session has no CAP_SYS_RESOURCE in many sandboxes, hence the OOM score setting. */
export const containerdConfig = (node: Node): string => `
version = 2
root = "${node.storage}/containerd"
state = "${node.runtime}/containerd"
[grpc]
  address = "${node.socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${node.storage}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  disable_hugetlb_controller = true
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${node.storage}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "${node.runtime}/runc"
`;

/** The pod network of a node: a bridge; the routes between nodes are in network.ts. */
export const cniConfig = (node: Node): object => ({
  cniVersion: '1.0.0',
  name: 'redis-operator',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: join(node.storage, 'addresses'),
        ranges: [[{ subnet: node.podNetwork }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export const kubeletConfig = (node: Node, cgroupRoot: string): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: { x509: { clientCAFile: pki('ca.crt') }, anonymous: { enabled: false }, webhook: { enabled: true } },
  authorization: { mode: 'Webhook' },
  tlsCertFile: pki(`${node.name}.crt`),
  tlsPrivateKeyFile: pki(`${node.name}.key`),
  cgroupDriver: 'cgroupfs',
  cgroupRoot,
  failCgroupV1: false,
  failSwapOn: false,
  clusterDNS: [DNS_SERVICE_IP],
  clusterDomain: 'cluster.local',
  containerRuntimeEndpoint: `unix://${node.socket}`,
  resolvConf: '',
  enforceNodeAllocatable: [],
  volumePluginDir: join(node.storage, 'plugins'),
  podLogsDir: join(node.storage, 'logs'),
  nodeStatusUpdateFrequency: '2s',
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '1%',
    'imagefs.available': '1%',
    'nodefs.inodesFree': '1%',
  },
  // Images are loaded, not pulled: one that was removed to save space would not come back.
  imageGCHighThresholdPercent: 100,
});

/** Writes the files of a node. */
export const writeNodeFiles = async (node: Node, tree: CgroupTree): Promise<void> => {
  for (const folder of ['cni', 'kubelet', 'logs', 'addresses', 'volumes']) {
    await mkdir(join(node.storage, folder), { recursive: true });
  }
  await mkdir(node.runtime, { recursive: true });
  // A kubelet does this itself while it also moves a socket below the folder: now and then a move across two mounts.
  await mountShared(join(node.storage, 'kubelet'));
  await writeFile(join(node.storage, 'containerd.toml'), containerdConfig(node));
  await writeFile(join(node.storage, 'cni', '10-bridge.conflist'), JSON.stringify(cniConfig(node)));
  const kubelet = kubeletConfig(node, groupPath(tree, node.name));
  await writeFile(join(node.storage, 'kubelet.json'), JSON.stringify(kubelet));
};

export const containerd = (node: Node): Daemon => ({
  name: `containerd-${node.name}`,
  namespace: node.namespace,
  command: ['containerd', '-c', join(node.storage, 'containerd.toml')],
});

const kubelet = (node: Node, binaries: string): Daemon => ({
  name: `kubelet-${node.name}`,
  namespace: node.namespace,
  command: [
    join(binaries, 'kubelet'),
    ...flags({
      config: join(node.storage, 'kubelet.json'),
      kubeconfig: pki(`${node.name}.kubeconfig`),
      'root-dir': join(node.storage, 'kubelet'),
      'cert-dir': join(node.storage, 'kubelet', 'pki'),
      'hostname-override': node.name,
      'node-ip': node.ip,
    }),
  ],
});

/**
 * Starts the nodes' kubelets and kube-proxies, once their containerds answer. Kubelets take turns: each replaces the
 * socket for device plugins, whose path cannot be set, and one that is disturbed while it does so ends.
 */
export const ensureNodes = async (tree: CgroupTree, nodes: readonly Node[], binaries: string): Promise<void> => {
  for (const node of nodes) {
    await ensureDaemon(tree, kubeProxy(binaries, node));
    const daemon = kubelet(node, binaries);
    if (await isRunning(daemon.name)) continue;
    await rm(DEVICE_PLUGIN_SOCKET, { force: true });
    await ensureDaemon(tree, daemon);
    await waitUntil(async () => existsSync(DEVICE_PLUGIN_SOCKET) || (await throwUnlessRunning(daemon.name)), {
      what: `${daemon.name} serves device plugins`,
      timeoutMs: READY_TIMEOUT_MS,
    });
  }
};

/** Resolves once containerd answers; rejects early when it has ended. */
export const containerdReady = async (node: Node): Promise<void> => {
  const { name } = containerd(node);
  const answers = (): Promise<boolean> => succeeds(['ctr', '--address', node.socket, 'version']);
  await waitUntil(async () => (await answers()) || (await throwUnlessRunning(name)), {
    what: `${name} answers`,
    timeoutMs: READY_TIMEOUT_MS,
  });
};
