/** Labels and annotations of claims: what the user wrote, beside what is ours and what others add. */
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { componentLabels } from '../../api/names.ts';

type Words = Readonly<Record<string, string>>;

/** The labels and annotations of a claim or a claim template that may be the user's. */
export const claimWords = (
  failover: DefaultedFailover,
  { metadata }: Pick<PersistentVolumeClaim, 'metadata'>,
): { readonly labels: Words; readonly annotations: Words } => {
  const ours = componentLabels(failover.metadata.name, 'redis');
  const labels = Object.entries(metadata?.labels ?? {}).filter(([key]) => !(key in ours));
  return { labels: Object.fromEntries(labels), annotations: metadata?.annotations ?? {} };
};

/**
 * The merge patch that makes a live claim follow the spec; undefined when it does. What `template`, from which claims were
 * made, had and the spec has no more is taken away. Words of others stay.
 */
export const claimWordsPatch = (
  failover: DefaultedFailover,
  { claim, template }: { readonly claim: PersistentVolumeClaim; readonly template: PersistentVolumeClaim | undefined },
): object | undefined => {
  if (claim.metadata?.deletionTimestamp !== undefined) return undefined;
  const live = claimWords(failover, claim);
  const before = claimWords(failover, template ?? {});
  const wanted = claimWords(failover, failover.spec.redis.storage.persistentVolumeClaim ?? {});
  const labels = changes({ live: live.labels, before: before.labels, wanted: wanted.labels });
  const annotations = changes({ live: live.annotations, before: before.annotations, wanted: wanted.annotations });
  if (labels === undefined && annotations === undefined) return undefined;
  return {
    metadata: {
      resourceVersion: claim.metadata?.resourceVersion,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
    },
  };
};

type Change = { readonly live: Words; readonly before: Words; readonly wanted: Words };

const changes = ({ live, before, wanted }: Change): Readonly<Record<string, string | null>> | undefined => {
  const set = Object.entries(wanted).filter(([key, value]) => live[key] !== value);
  const removed = Object.entries(before).filter(([key, value]) => !(key in wanted) && live[key] === value);
  if (set.length + removed.length === 0) return undefined;
  return { ...Object.fromEntries(removed.map(([key]) => [key, null])), ...Object.fromEntries(set) };
};
