/**
 * The cluster's networks, all of them in network namespaces of its own: a bridge `lan` in the control plane's, a cable
 * from it to every node, routes between the nodes' pod networks. The machine's own network is left as it is.
 */
import { run, succeeds } from './command.ts';
import { CONTROL, CONTROL_IP, NODE_LIMIT, type Node, nodesOf, SERVICE_NETWORK } from './layout.ts';

const ip = (namespace: string, ...command: readonly string[]): Promise<string> =>
  run(['ip', '-n', namespace, ...command]);

/** Makes what is missing of the control plane's and the nodes' networks. */
export const ensureNetworks = async (nodes: readonly Node[]): Promise<void> => {
  await ensureNamespace(CONTROL);
  if (!(await linkExists(CONTROL, 'lan'))) await ip(CONTROL, 'link', 'add', 'lan', 'type', 'bridge');
  await ip(CONTROL, 'address', 'replace', `${CONTROL_IP}/24`, 'dev', 'lan');
  await ip(CONTROL, 'link', 'set', 'lan', 'up');
  await ip(CONTROL, 'route', 'replace', SERVICE_NETWORK, 'dev', 'lan');
  await Promise.all(nodes.map(ensureNode));
  for (const node of nodesOf(NODE_LIMIT)) await ip(CONTROL, 'route', 'replace', node.podNetwork, 'via', node.ip);
};

const ensureNode = async (node: Node): Promise<void> => {
  await ensureNamespace(node.namespace);
  if (!(await linkExists(CONTROL, node.name))) {
    const peer = ['peer', 'name', 'eth0', 'netns', node.namespace];
    await ip(CONTROL, 'link', 'add', node.name, 'type', 'veth', ...peer);
  }
  await ip(CONTROL, 'link', 'set', node.name, 'master', 'lan', 'up');
  await ip(node.namespace, 'address', 'replace', `${node.ip}/24`, 'dev', 'eth0');
  await ip(node.namespace, 'link', 'set', 'eth0', 'up');
  await ip(node.namespace, 'route', 'replace', 'default', 'via', CONTROL_IP);
  for (const other of nodesOf(NODE_LIMIT)) {
    if (other.name !== node.name) await ip(node.namespace, 'route', 'replace', other.podNetwork, 'via', other.ip);
  }
};

/** nsenter and not `ip netns exec`, which mounts another /sys in which there are no control groups. */
const ensureNamespace = async (namespace: string): Promise<void> => {
  if (!(await namespaces()).includes(namespace)) await run(['ip', 'netns', 'add', namespace]);
  await ip(namespace, 'link', 'set', 'lo', 'up');
  const settings = ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.route_localnet=1'];
  await run(['nsenter', `--net=/run/netns/${namespace}`, 'sysctl', '-qw', ...settings]);
};

const linkExists = (namespace: string, link: string): Promise<boolean> =>
  succeeds(['ip', '-n', namespace, 'link', 'show', 'dev', link]);

/** The names of the network namespaces that are ours. */
export const namespaces = async (): Promise<readonly string[]> => {
  const lines = (await run(['ip', 'netns', 'list'])).split('\n');
  return lines.map((line) => line.split(' ')[0] ?? '').filter((name) => name.startsWith('redis-operator-'));
};

/** Removes our network namespaces and with them all cables, bridges, routes and rules. */
export const removeNetworks = async (): Promise<void> => {
  for (const namespace of await namespaces()) await run(['ip', 'netns', 'delete', namespace]);
};

/** Pulls a node's cable out: nothing reaches it and it reaches nothing, while its pods and processes run on. */
export const unplug = async (node: Node): Promise<void> => {
  await ip(CONTROL, 'link', 'set', node.name, 'down');
};

/** Puts the cable back. The node's addresses and routes were kept: only the control plane's end had been down. */
export const plug = async (node: Node): Promise<void> => {
  await ip(CONTROL, 'link', 'set', node.name, 'up');
};
