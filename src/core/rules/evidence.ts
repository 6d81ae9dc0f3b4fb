import type { RedisPod } from '../observation.ts';
import { isUnassigned, type Situation } from '../situation.ts';

type Suspect = { readonly owner: RedisPod | undefined; readonly address: string };

/** What proves that no master runs at the address of a pod, as the beginning of a sentence; undefined when nothing does. */
export const evidenceAgainst = (situation: Situation, { owner, address }: Suspect): string | undefined => {
  if (owner === undefined) return `The pod of the master ${address} is gone`;
  const { answer, container, name } = owner;
  if (answer.kind === 'unreachable') {
    if (answer.why === 'refused') return `Nothing listens at the master ${name} (${address}) any more`;
    return container.kind === 'running' ? undefined : `The container of the master ${name} does not run`;
  }
  const restarted = situation.answering.some((pod) => pod.uid === owner.uid && isUnassigned(pod));
  return restarted ? `The master ${name} restarted` : undefined;
};
