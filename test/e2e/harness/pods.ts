/** The pods of a failover, as far as tests look at them. */
import type { Pod } from 'kubernetes-types/core/v1.js';
import { type Component, memberLabels, NAME_LABEL, ROLE_LABEL } from '../../../src/api/names.ts';
import { kubectl, kubectlJson } from './kubectl.ts';

/** Which failover. */
export type FailoverKey = { readonly namespace: string; readonly name: string };

export type PodView = {
  readonly name: string;
  readonly uid: string;
  readonly ip: string;
  readonly node: string;
  readonly component: Component;
  readonly ready: boolean;
  readonly deleting: boolean;
  readonly role: string | undefined;
  readonly restarts: number;
  readonly labels: Readonly<Record<string, string>>;
};

/** All pods of the failover, of one component if asked, by name. */
export const podsOf = async (failover: FailoverKey, component?: Component): Promise<readonly PodView[]> => {
  const selector = `${NAME_LABEL}=${failover.name}`;
  const args = ['get', 'pods', '--namespace', failover.namespace, '--selector', selector];
  const { items } = await kubectlJson<{ readonly items: readonly Pod[] }>(args);
  const pods = items.map(viewOf).filter((pod) => component === undefined || pod.component === component);
  return pods.sort((one, other) => one.name.localeCompare(other.name));
};

const viewOf = ({ metadata, spec, status }: Pod): PodView => ({
  name: metadata?.name ?? '',
  uid: metadata?.uid ?? '',
  ip: status?.podIP ?? '',
  node: spec?.nodeName ?? '',
  component: metadata?.labels?.['app.kubernetes.io/component'] === 'sentinel' ? 'sentinel' : 'redis',
  ready: status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
  deleting: metadata?.deletionTimestamp !== undefined,
  role: metadata?.labels?.[ROLE_LABEL],
  restarts: (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
  labels: metadata?.labels ?? {},
});

/** What stays the same when no pod was restarted or replaced: `name uid restarts`, sorted. */
export const identities = (pods: readonly PodView[]): readonly string[] =>
  pods.map(({ name, uid, restarts }) => `${name} ${uid} ${restarts}`).sort();

/** Deletes pods and does not wait for their end. `graceSeconds: 0` takes them away at once. */
export const deletePods = async (
  namespace: string,
  names: readonly string[],
  options: { readonly graceSeconds?: 0 } = {},
): Promise<void> => {
  const force = options.graceSeconds === 0 ? ['--grace-period=0', '--force'] : [];
  await kubectl(['delete', 'pod', '--namespace', namespace, ...names, '--wait=false', ...force]);
};

/** The selector of one component's pods, for kubectl. */
export const selectorOf = (failover: FailoverKey, component: Component): string =>
  Object.entries(memberLabels(failover.name, component))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
