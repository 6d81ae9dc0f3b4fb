/** Faults from outside, as hardware and kernels make them, for tests and benchmarks on the local cluster. */
import { join } from 'node:path';
import { run } from './command.ts';
import { BIN, KUBECONFIG, NODE_LIMIT, type Node, nodesOf } from './layout.ts';
import { ctr } from './load.ts';
import { plug, unplug } from './network.ts';
import { isLocal } from './state.ts';

export { isLocal } from './state.ts';

/** What may be sent: an end without a word, and a hang with its end. */
export type FaultSignal = 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT';

/** A running container of a pod. */
export type ContainerKey = { readonly namespace: string; readonly pod: string; readonly container: string };

/**
 * Sends a signal to every process of a container, from outside: its first process cannot shield itself as it can from
 * signals of its own. Resolves when the signal is sent. Rejects when there is no such container running.
 */
export const signalContainer = async (target: ContainerKey & { readonly signal: FaultSignal }): Promise<void> => {
  requireLocal();
  const { node, id } = await locate(target);
  await ctr(node, 'tasks', 'kill', '--all', '--signal', target.signal, id);
};

/** Cuts a node off from everything: the control plane, the other nodes and their pods. Its own processes run on. */
export const cutNode = async (node: string): Promise<void> => {
  requireLocal();
  await unplug(nodeNamed(node));
};

/** Ends what `cutNode` did. */
export const rejoinNode = async (node: string): Promise<void> => {
  requireLocal();
  await plug(nodeNamed(node));
};

const requireLocal = (): void => {
  if (!isLocal()) throw new Error('faults are made on the local cluster only: unset CLUSTER=current');
};

const nodeNamed = (name: string): Node => {
  const found = nodesOf(NODE_LIMIT).find((node) => node.name === name);
  if (found === undefined) throw new Error(`the local cluster has no node ${name}`);
  return found;
};

const locate = async ({ namespace, pod, container }: ContainerKey): Promise<{ node: Node; id: string }> => {
  const status = `{.status.containerStatuses[?(@.name=="${container}")].containerID}`;
  const query = ['get', 'pod', pod, '--namespace', namespace, '-o', `jsonpath={.spec.nodeName} ${status}`];
  const answer = await run([join(BIN, 'kubectl'), '--kubeconfig', KUBECONFIG, ...query]);
  const [node = '', id = ''] = answer.split(' ');
  if (!id.startsWith('containerd://')) throw new Error(`${namespace}/${pod} runs no container ${container}`);
  return { node: nodeNamed(node), id: id.slice('containerd://'.length) };
};
