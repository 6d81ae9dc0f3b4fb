import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { claimWords } from './claim-words.ts';
import { claimTemplates } from './claims.ts';
import { isRecord } from './json.ts';
import { sameQuantity } from './quantity.ts';

/**
 * What of the live claim templates is not as the spec has it, among what may change: the size, labels, annotations. Undefined
 * when nothing is. The rest is refused by the CRD, or follows on the claims themselves.
 */
export const claimTemplateChange = (
  failover: DefaultedFailover,
  live: readonly PersistentVolumeClaim[],
): 'size' | 'labels' | 'annotations' | undefined => {
  const [[wanted], [now]] = [claimTemplates(failover), live];
  if (wanted === undefined || now === undefined) return undefined;
  if (!sameQuantity(storageRequest(wanted), storageRequest(now))) return 'size';
  const [wantedWords, words] = [claimWords(failover, wanted), claimWords(failover, now)];
  if (!sameWords(wantedWords.labels, words.labels)) return 'labels';
  return sameWords(wantedWords.annotations, words.annotations) ? undefined : 'annotations';
};

/** The storage that a claim or a claim template asks for. */
export const storageRequest = ({ spec }: Pick<PersistentVolumeClaim, 'spec'>): string | undefined => {
  const { requests } = spec?.resources ?? {};
  const storage: unknown = isRecord(requests) ? requests['storage'] : undefined;
  return typeof storage === 'string' || typeof storage === 'number' ? String(storage) : undefined;
};

type Words = Readonly<Record<string, string>>;

const sameWords = (one: Words, other: Words): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([key, value]) => other[key] === value);
