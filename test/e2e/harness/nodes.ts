import { eventually } from './eventually.ts';
import { kubectl } from './kubectl.ts';
import { OPERATOR_NAMESPACE, operatorPods } from './operator.ts';
import { deletePods } from './pods.ts';

/** Keeps new pods off a node. It is not cordoned for this, because then the operator would move its masters elsewhere. */
const TAINT = 'e2e=operator-elsewhere:NoSchedule';

/** Makes sure that no pod of the operator runs on a node that is about to be cut off. */
export const keepOperatorOff = async (node: string): Promise<void> => {
  await kubectl(['taint', 'node', node, TAINT, '--overwrite']);
  try {
    const there = (await operatorPods()).filter((pod) => pod.spec?.nodeName === node);
    const names = there.map((pod) => pod.metadata?.name ?? '');
    if (names.length > 0) await deletePods(OPERATOR_NAMESPACE, names);
    await eventually(`the operator runs, and not on ${node}`, 60_000, () => requireElsewhere(node));
  } finally {
    await kubectl(['taint', 'node', node, `${TAINT}-`]);
  }
};

const requireElsewhere = async (node: string): Promise<void> => {
  for (const { metadata, spec, status } of await operatorPods()) {
    const ready = status?.containerStatuses?.every((container) => container.ready) ?? false;
    if (spec?.nodeName === node || !ready)
      throw new Error(`${metadata?.name} is on ${spec?.nodeName}, ready: ${ready}`);
  }
};
