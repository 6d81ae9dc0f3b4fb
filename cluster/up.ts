/** Starts the cluster: a list of steps, each of which does what is missing, so that any of them can be repeated. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pauseImage, standInImages } from '../images/build.ts';
import { type Image, removeUnfinished } from '../images/cache.ts';
import { operatorImages } from '../images/operator.ts';
import { ensureBinaries, linkForUsers } from './binaries.ts';
import { ensureCertificates } from './certificates.ts';
import { type CgroupTree, cgroupTree, createCgroups } from './cgroups.ts';
import { apiServerReady, firstDaemons, kubectl, laterDaemons, writeControlPlaneFiles } from './control-plane.ts';
import { coreDns, dnsReady, writeDnsFiles } from './dns.ts';
import { down } from './down.ts';
import { LOGS, NODE_LIMIT, type Node, nodesOf, STATE } from './layout.ts';
import { loadImages } from './load.ts';
import { ensureNetworks } from './network.ts';
import { containerd, containerdReady, ensureNodes, writeNodeFiles } from './node.ts';
import { anythingLeft, obstacle, recordedOwner, recordOwner, thisOwner } from './owner.ts';
import { ensurePackages, requireRoot } from './prerequisites.ts';
import { ensureDaemon, isRunning, SYSTEM_GROUP, throwUnlessRunning } from './processes.ts';
import { say, step } from './progress.ts';
import { waitUntil } from './wait.ts';

const NODES_TIMEOUT_MS = 60_000;
const MANIFESTS = join(import.meta.dirname, 'manifests');

/** Brings up a cluster of `nodeCount` nodes, or what is missing of one. Resolves when nodes and DNS are ready. */
export const up = async (nodeCount: number): Promise<void> => {
  requireRoot();
  await ensurePackages();
  const binaries = await ensureBinaries();
  const made = await clusterImages();
  await makeRoom(binaries);
  const nodes = nodesOf(nodeCount);
  await step(`starting Kubernetes with ${nodeCount} ${nodeCount === 1 ? 'node' : 'nodes'}`, async (at) => {
    const tree = await prepare(nodes, binaries);
    at('containerd, etcd, API server');
    await ensureAll(tree, [...firstDaemons(binaries), ...nodes.map(containerd)]);
    await Promise.all(nodes.map(containerdReady));
    await apiServerReady(binaries);
    at('DNS, nodes');
    await kubectl(binaries, ['apply', '--server-side', '--force-conflicts', '-f', MANIFESTS]);
    await ensureAll(tree, [...laterDaemons(binaries), coreDns(binaries)]);
    at('images');
    await loadImages(nodes, made);
    await ensureNodes(tree, nodes, binaries);
    at('nodes, DNS');
    await Promise.all([nodesReady(binaries, nodes), dnsReady()]);
  });
};

/** Makes all images, the operator's too, and loads them into the nodes that run. */
export const images = async (): Promise<void> => {
  await ensurePackages();
  const made = [...(await clusterImages()), ...(await operatorImages())];
  const running = await Promise.all(nodesOf(NODE_LIMIT).map((node) => isRunning(containerd(node).name)));
  const nodes = nodesOf(NODE_LIMIT).filter((_, index) => running[index]);
  await step(`loading images into ${nodes.length} nodes`, () => loadImages(nodes, made));
  for (const name of made.flatMap((image) => image.names)) say(`  ${name}`);
};

/** What the cluster itself needs, and what stands in for public images. */
const clusterImages = async (): Promise<readonly Image[]> => {
  await removeUnfinished();
  return [await pauseImage(), ...(await standInImages())];
};

/** Takes down what is here unless it can be continued; then notes that the cluster is this checkout's. */
const makeRoom = async (binaries: string): Promise<void> => {
  const next = await thisOwner(binaries);
  const reason = (await anythingLeft()) ? obstacle(await recordedOwner(), next) : 'old files';
  if (reason !== undefined) {
    if (reason !== 'old files') say(`  taking down ${reason}`);
    await down();
    await rm(STATE, { recursive: true, force: true });
  }
  await recordOwner(next);
};

/** Everything that processes need before they start: control groups, networks, certificates, configuration. */
const prepare = async (nodes: readonly Node[], binaries: string): Promise<CgroupTree> => {
  const tree = await cgroupTree();
  await createCgroups(tree, [SYSTEM_GROUP, ...nodes.map((node) => node.name)]);
  await mkdir(LOGS, { recursive: true });
  await Promise.all([ensureNetworks(nodes), ensureCertificates(nodes), linkForUsers(binaries)]);
  await writeControlPlaneFiles();
  await writeDnsFiles();
  await Promise.all(nodes.map((node) => writeNodeFiles(node, tree)));
  return tree;
};

const ensureAll = async (tree: CgroupTree, daemons: Parameters<typeof ensureDaemon>[1][]): Promise<void> => {
  await Promise.all(daemons.map((daemon) => ensureDaemon(tree, daemon)));
};

const nodesReady = async (binaries: string, nodes: readonly Node[]): Promise<void> => {
  const ready = "jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=='Ready')].status} {end}";
  const allReady = async (): Promise<boolean> => {
    await Promise.all(nodes.map((node) => throwUnlessRunning(`kubelet-${node.name}`)));
    const states = (await kubectl(binaries, ['get', 'nodes', '-o', ready])).split(' ');
    return nodes.every((node) => states.includes(`${node.name}=True`));
  };
  await waitUntil(allReady, { what: 'all nodes are ready', timeoutMs: NODES_TIMEOUT_MS });
};
