/** Specs made from a good one. */
import { isRecord } from '../../../src/core/objects/json.ts';

type Json = Readonly<Record<string, unknown>>;

/** `change` merged into `base`, object by object; a list is one value. */
export const merged = (base: Json, change: object): Json => ({
  ...base,
  ...Object.fromEntries(
    Object.entries(change).map(([key, value]: [string, unknown]) => {
      const old = base[key];
      return [key, isRecord(old) && isRecord(value) ? merged(old, value) : value];
    }),
  ),
});

/** The object that has only `value`, at `path` below the spec. */
export const at = (path: string, value: unknown): Json => {
  const [, ...names] = path.split('.');
  const nested = names.reduceRight((inner: unknown, name): unknown => ({ [name]: inner }), value);
  return isRecord(nested) ? nested : {};
};

/** `spec` without what is at `path`; itself when there is nothing. */
export const lacking = (spec: Json, path: string): Json => {
  const [, ...names] = path.split('.');
  return removed(spec, names);
};

const removed = (spec: Json, [name = '', ...names]: readonly string[]): Json => {
  const { [name]: inner, ...others } = spec;
  if (inner === undefined) return spec;
  if (names.length === 0) return others;
  return isRecord(inner) ? { ...others, [name]: removed(inner, names) } : spec;
};
