import type { KubeObject } from '../../ports.ts';
import { isRecord } from './json.ts';

/** Annotation with the hash of what was last applied. It shows that a field was taken out, which a comparison of the rest cannot. */
export const APPLIED_HASH = 'redisfailovers.databases.spotahome.com/applied-hash';

/**
 * The object with its hash, on the object itself and never in a pod template. Of `data` only the keys are hashed: the values
 * are compared, and a hash of a password would help to guess it. Claim templates are not: they follow the live ones.
 */
export const withAppliedHash = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [APPLIED_HASH]: hashOf(object) } },
});

/** Whether this operator has applied the object before. */
export const isApplied = ({ metadata }: KubeObject): boolean => metadata?.annotations?.[APPLIED_HASH] !== undefined;

/** Sixteen hexadecimal digits that tell one value from another: equal for equal JSON, whatever the order of its members. */
export const fingerprint = (value: unknown): string => digest(canonical(value, []));

const hashOf = (object: KubeObject): string => {
  const keys = 'data' in object && isRecord(object.data) ? Object.keys(object.data) : [];
  return digest(canonical({ ...object, ...(keys.length > 0 && { data: keys.sort() }) }, []));
};

const digest = (text: string): string =>
  [FNV_BASIS, OTHER_BASIS].map((basis) => fnv1a(text, basis).toString(16).padStart(8, '0')).join('');

const NOT_HASHED: ReadonlySet<string> = new Set(['spec.volumeClaimTemplates']);

/** JSON with sorted keys. */
const canonical = (value: unknown, path: readonly string[]): string => {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, [...path, ''])).join()}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'null';
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined && !NOT_HASHED.has([...path, key].join('.')))
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key], [...path, key])}`);
  return `{${members.join()}}`;
};

const FNV_BASIS = 0x811c9dc5;
const OTHER_BASIS = 0x2c1b3c6d;
const FNV_PRIME = 0x01000193;

/** FNV-1a over the characters: it tells versions of one object apart and defends nothing. http://www.isthe.com/chongo/tech/comp/fnv/ */
const fnv1a = (text: string, basis: number): number => {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash >>> 0;
};
