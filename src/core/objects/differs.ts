/** Whether a live object is as it should be, so that the operator writes only when it is not. */
import type { KubeObject } from '../../ports.ts';
import { isRecord } from './json.ts';
import { sameQuantity } from './quantity.ts';

/**
 * Where a live object first differs from the desired one, as a path such as `spec.template.spec.containers[redis].image`;
 * undefined when it does not. Absent, null and empty are the same. The live object may have more: defaults of the API
 * server, and what other managers added, which server-side apply leaves alone, so that calling it a difference would mean
 * to apply for ever. A field that the desired object no longer has shows in its hash (`applied-hash.ts`). Values never
 * appear in the path.
 */
export const differs = (desired: KubeObject, live: KubeObject): string | undefined => {
  // Items of a list come without kind and apiVersion.
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = desired;
  const difference = firstDifference(rest, live, []);
  return difference === undefined ? undefined : render(difference);
};

type Path = readonly string[];

/** Lists whose items are found by a name and may stand beside items of others: the API's `map` lists. https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy */
const KEYED_LISTS: ReadonlyMap<string, string> = new Map([
  ...['containers', 'initContainers', 'volumes', 'env', 'ports'].map((list) => [list, 'name'] as const),
  ['volumeMounts', 'mountPath'],
  ['ownerReferences', 'uid'],
]);

/** Members whose own members are the user's words: there an empty string is a value. */
const MAPS: ReadonlySet<string> = new Set(['labels', 'annotations', 'matchLabels', 'selector', 'nodeSelector', 'data']);

const firstDifference = (desired: unknown, live: unknown, path: Path): Path | undefined => {
  if (desired === undefined || desired === null) return undefined;
  if (Array.isArray(desired)) return listDifference(desired, live ?? [], path);
  if (isRecord(desired)) return recordDifference(desired, live ?? {}, path);
  return sameScalar({ desired, live, path }) ? undefined : path;
};

const recordDifference = (desired: Readonly<Record<string, unknown>>, live: unknown, path: Path): Path | undefined => {
  if (!isRecord(live)) return path;
  return first(Object.entries(desired), ([key, value]) => firstDifference(value, live[key], [...path, key]));
};

const listDifference = (desired: readonly unknown[], live: unknown, path: Path): Path | undefined => {
  if (!Array.isArray(live)) return path;
  const items: readonly unknown[] = live;
  const key = KEYED_LISTS.get(path.at(-1) ?? '');
  if (key !== undefined && desired.every((item) => keyOf(item, key) !== undefined)) {
    return first(desired, (item) => {
      const found = items.find((other) => keyOf(other, key) === keyOf(item, key));
      const place = [...path, `[${keyOf(item, key)}]`];
      return found === undefined ? place : firstDifference(item, found, place);
    });
  }
  if (desired.length !== items.length) return path;
  return first([...desired.entries()], ([index, item]) => firstDifference(item, items[index], [...path, `[${index}]`]));
};

const keyOf = (item: unknown, key: string): string | undefined => {
  const value = isRecord(item) ? item[key] : undefined;
  return typeof value === 'string' ? value : undefined;
};

const sameScalar = ({ desired, live, path }: { desired: unknown; live: unknown; path: Path }): boolean => {
  if (desired === live) return true;
  const parent = path.at(-2) ?? '';
  if (desired === '') return (live === undefined || live === null) && !MAPS.has(parent);
  const isQuantity = parent === 'requests' || parent === 'limits' || path.at(-1) === 'sizeLimit';
  return isQuantity && sameQuantity(desired, live);
};

const first = <T>(items: readonly T[], find: (item: T) => Path | undefined): Path | undefined => {
  for (const item of items) {
    const path = find(item);
    if (path !== undefined) return path;
  }
  return undefined;
};

/** `a.b[c]["d.e/f"]`. */
const render = (path: Path): string =>
  path.map((part, index) => (part.startsWith('[') ? part : segment(part, index === 0 ? '' : '.'))).join('');

const segment = (part: string, separator: string): string => (/^[\w-]+$/.test(part) ? separator + part : `["${part}"]`);
