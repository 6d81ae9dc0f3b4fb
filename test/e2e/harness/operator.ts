/** The operator in the cluster under test, installed by helm from this checkout. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { eventually } from './eventually.ts';
import { helm, kubectl, kubectlJson } from './kubectl.ts';
import { deletePods } from './pods.ts';

export const RELEASE = 'redis-operator';
/** Where `helm install` without a namespace puts it. */
export const OPERATOR_NAMESPACE = 'default';
const CHART = './helm/qs-redis-operator';
const SELECTOR = `app.kubernetes.io/instance=${RELEASE}`;
const LEASE = 'redis-operator';

/** Installs or upgrades the operator and resolves when it is available and leads. */
export const installOperator = (): Promise<void> => install([]);

/** Options are helm's. */
const install = async (options: readonly string[]): Promise<void> => {
  const where = ['--namespace', OPERATOR_NAMESPACE];
  await helm([
    'upgrade',
    '--install',
    '--reset-values',
    RELEASE,
    CHART,
    ...where,
    ...options,
    '--wait',
    '--timeout',
    '90s',
  ]);
  await leaderPod();
};

/** Runs `body` while the operator only observes, and resolves when one leads that acts. */
export const whileObserving = async <T>(body: () => Promise<T>): Promise<T> => {
  try {
    await install(['--set=mode=observe']);
    return await body();
  } finally {
    await installOperator();
  }
};

/** Installs the operator unless it runs. OPERATOR=outside says that you started one yourself, say under a debugger. */
export const ensureOperator = async (): Promise<void> => {
  if (process.env['OPERATOR'] === 'outside') return;
  const running = await operatorPods();
  if (!running.some(isReady)) await installOperator();
};

/** Removes the operator; what it made stays. */
export const uninstallOperator = async (): Promise<void> => {
  await helm(['uninstall', RELEASE, '--namespace', OPERATOR_NAMESPACE, '--ignore-not-found', '--wait']);
};

/** Runs `body` while no operator runs, and resolves when one leads again. */
export const withoutOperator = async <T>(body: () => Promise<T>): Promise<T> => {
  const scale = ['scale', `deployment/${RELEASE}`, '--namespace', OPERATOR_NAMESPACE];
  await kubectl([...scale, '--replicas=0']);
  try {
    await eventually('the operator has ended', 60_000, async () => {
      const left = (await operatorPods()).length;
      if (left > 0) throw new Error(`${left} pods are left`);
    });
    return await body();
  } finally {
    await kubectl([...scale, '--replicas=2']);
    await leaderPod();
  }
};

/** Its pods, those that end included. */
export const operatorPods = async (): Promise<readonly Pod[]> => {
  const args = ['get', 'pods', '--namespace', OPERATOR_NAMESPACE, '--selector', SELECTOR];
  return (await kubectlJson<{ readonly items: readonly Pod[] }>(args)).items;
};

/** The pod that holds the lease. Its identity begins with the pod's name. */
export const leaderPod = (): Promise<string> =>
  eventually('a pod of the operator holds the lease', 60_000, async () => {
    const query = 'jsonpath={.spec.holderIdentity}';
    const holder = await kubectl(['get', 'lease', LEASE, '--namespace', OPERATOR_NAMESPACE, '-o', query]);
    const pods = (await operatorPods()).filter((pod) => pod.metadata?.deletionTimestamp === undefined);
    const name = pods.map((pod) => pod.metadata?.name ?? '').find((pod) => holder.startsWith(`${pod}_`));
    if (name === undefined) throw new Error(`the lease is held by "${holder}", which is no running pod`);
    return name;
  });

/** Deletes the pod that leads and resolves at once, while another one is yet to take over. */
export const killOperator = async (): Promise<void> => deletePods(OPERATOR_NAMESPACE, [await leaderPod()]);

/** Its pods with restarts, and the last lines of their logs, those of an earlier process first. */
export const operatorLogs = async (): Promise<string> => {
  const where = ['--namespace', OPERATOR_NAMESPACE];
  const pods = await kubectl(['get', 'pods', ...where, '--selector', SELECTOR, '-o', 'wide']);
  const names = (await operatorPods()).map((pod) => pod.metadata?.name ?? '');
  const logs = names.map(async (name) => {
    const log = ['logs', name, ...where, '--tail=2000'];
    const earlier = await kubectl([...log, '--previous']).catch(() => '');
    return `# ${name}\n${earlier}${await kubectl(log)}`;
  });
  return [pods, ...(await Promise.all(logs))].join('\n');
};

const isReady = ({ status, metadata }: Pod): boolean =>
  metadata?.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false);
