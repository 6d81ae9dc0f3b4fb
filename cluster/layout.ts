/** Where everything of the local cluster lies: names, addresses, folders. Pure but for the environment it reads. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folder of this checkout. */
export const CHECKOUT = resolve(import.meta.dirname, '..');
/** What a user looks at: kubeconfig, binaries, logs, certificates. Ignored by git. */
export const STATE = join(CHECKOUT, '.cluster');
export const KUBECONFIG = join(STATE, 'kubeconfig');
export const BIN = join(STATE, 'bin');
export const LOGS = join(STATE, 'logs');
export const PKI = join(STATE, 'pki');
export const CONFIG = join(STATE, 'config');

/**
 * Sockets, process records and the note of who runs: one fixed and short place, so that any checkout can clean up
 * after any other, and the path of a UNIX socket stays under its limit of 107 bytes.
 */
export const RUNTIME = '/run/qs-redis-operator';
/** What the nodes keep on disk: images, pods, volumes, etcd's data. Fixed for the same reasons. */
export const STORAGE = '/var/lib/qs-redis-operator';
/** Outlives clusters and checkouts: built binaries and images. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'qs-redis-operator');

export const NODE_LIMIT = 3;
export const SERVICE_NETWORK = '10.96.0.0/16';
export const API_SERVICE_IP = '10.96.0.1';
export const DNS_SERVICE_IP = '10.96.0.10';
export const POD_NETWORK = '10.244.0.0/16';
export const CONTROL_IP = '10.99.0.1';
export const API_PORT = 6443;
/** Where the API server is reached from the machine's own shell, on 127.0.0.1. */
export const TUNNEL_PORT = 16443;

/** The network namespace of the control plane or of a node. `./cluster/in` spells it the same way. */
export const namespaceOf = (place: string): string => `redis-operator-${place}`;
export const CONTROL = namespaceOf('control');

/** One node: addresses in the cluster's own networks, and folders. */
export type Node = {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  readonly podNetwork: string;
  readonly storage: string;
  readonly runtime: string;
  /** containerd's socket. */
  readonly socket: string;
};

/** The node with number 1, 2 or 3. */
export const nodeOf = (number: number): Node => {
  const name = `node${number}`;
  return {
    name,
    namespace: namespaceOf(name),
    ip: `10.99.0.${10 + number}`,
    podNetwork: `10.244.${number}.0/24`,
    storage: join(STORAGE, name),
    runtime: join(RUNTIME, name),
    socket: join(RUNTIME, name, 'containerd.sock'),
  };
};

/** The first `count` nodes. */
export const nodesOf = (count: number): readonly Node[] =>
  Array.from({ length: count }, (_, index) => nodeOf(index + 1));

/** Reads NODES: 1, 2 or 3; 3 when unset. Throws on anything else. */
export const parseNodeCount = (text: string | undefined): number => {
  const count = text === undefined || text === '' ? NODE_LIMIT : Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= NODE_LIMIT) return count;
  throw new RangeError(`NODES=${text}: between 1 and ${NODE_LIMIT} nodes can be started`);
};
