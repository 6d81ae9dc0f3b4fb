/** One text for one state: the same bytes for the same state, and the first lines that differ for two. */
import { isRecord } from '../../../src/core/objects/json.ts';

/** A state in sections, each a canonical text. */
export type Snapshot = Readonly<Record<string, string>>;

const SHOWN_LINES = 12;

/** JSON with the members of every object in order, a line each. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value), undefined, 1) ?? 'undefined';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
};

/** What differs, in the words of a diff; '' when nothing does. */
export const differences = (before: Snapshot, after: Snapshot): string =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .filter((section) => before[section] !== after[section])
    .map((section) => `in ${section}:\n${changedLines(before[section] ?? '', after[section] ?? '')}`)
    .join('\n');

/** The lines between what both begin with and what both end with. */
const changedLines = (before: string, after: string): string => {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const from = firstDifference(old, now);
  const limit = Math.min(old.length, now.length) - from;
  const end = Math.min(limit, firstDifference(old.toReversed(), now.toReversed()));
  return [...marked('-', old.slice(from, old.length - end)), ...marked('+', now.slice(from, now.length - end))].join(
    '\n',
  );
};

const firstDifference = (one: readonly string[], other: readonly string[]): number => {
  const index = one.findIndex((line, at) => line !== other[at]);
  return index === -1 ? one.length : index;
};

const marked = (sign: string, lines: readonly string[]): readonly string[] => {
  const more = lines.length - SHOWN_LINES;
  return [
    ...lines.slice(0, SHOWN_LINES).map((line) => `${sign} ${line}`),
    ...(more > 0 ? [`${sign} … ${more} more`] : []),
  ];
};
