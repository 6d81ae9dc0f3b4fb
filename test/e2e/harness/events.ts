/** The Events that the operator told of a failover. */
import type { Event } from 'kubernetes-types/core/v1.js';
import { kubectlJson } from './kubectl.ts';
import type { FailoverKey } from './pods.ts';

export type Told = { readonly message: string; readonly count: number };

/** Those of one reason: what each says, and how often it was told. */
export const eventsOf = async ({ namespace, name }: FailoverKey, reason: string): Promise<readonly Told[]> => {
  const selector = `reason=${reason},involvedObject.name=${name}`;
  const args = ['get', 'events', '--namespace', namespace, '--field-selector', selector];
  const { items } = await kubectlJson<{ readonly items: readonly Event[] }>(args);
  return items.map(({ message = '', count = 1 }) => ({ message, count }));
};
