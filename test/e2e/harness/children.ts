/** The child objects of a failover. */
import { eventually } from './eventually.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import type { FailoverKey } from './pods.ts';

type Child = { readonly kind: string; readonly metadata: { readonly name: string; readonly uid: string } };

const KINDS = 'statefulsets,deployments,services,configmaps,poddisruptionbudgets,secrets';

/** `kind/name` of every child, sorted. */
export const childrenOf = async (failover: FailoverKey, kinds = KINDS): Promise<readonly string[]> =>
  (await get(failover, kinds)).map(nameOf).sort();

const get = async ({ namespace, name }: FailoverKey, kinds: string): Promise<readonly Child[]> => {
  const selector = `app.kubernetes.io/part-of=${name}`;
  const args = ['get', kinds, '--namespace', namespace, '--selector', selector];
  return (await kubectlJson<{ readonly items: readonly Child[] }>(args)).items;
};

const nameOf = ({ kind, metadata }: Child): string => `${kind.toLowerCase()}/${metadata.name}`;

/** Deletes every child object, but lets the pods live on. Resolves when all are back with another uid. */
export const deleteAndAwaitChildren = async (failover: FailoverKey): Promise<void> => {
  const before = await deleteChildren(failover);
  await eventually('all child objects are back', 60_000, async () => {
    const after = await get(failover, KINDS);
    const isOld = ({ metadata }: Child): boolean => before.some((old) => old.metadata.uid === metadata.uid);
    const fresh = new Set(after.filter((child) => !isOld(child)).map(nameOf));
    const missing = before.map(nameOf).filter((name) => !fresh.has(name));
    if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
  });
};

/** Deletes every child object at once, but lets the pods live on. */
export const deleteChildren = async (failover: FailoverKey): Promise<readonly Child[]> => {
  const children = await get(failover, KINDS);
  const names = children.map(nameOf);
  await kubectl(['delete', '--namespace', failover.namespace, ...names, '--cascade=orphan', '--wait=false']);
  return children;
};
