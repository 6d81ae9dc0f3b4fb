import { isRecord } from './json.ts';

/**
 * A JSON merge patch that makes `before` into `after`: what is left out is removed, at every depth. A list is one value.
 * https://www.rfc-editor.org/rfc/rfc7386
 */
export const mergePatchOf = (before: unknown, after: object): object => {
  const removed = isRecord(before) ? Object.keys(before).map((key): [string, unknown] => [key, null]) : [];
  const set = Object.entries(after).map(([key, value]: [string, unknown]): [string, unknown] => [
    key,
    isRecord(value) ? mergePatchOf(isRecord(before) ? before[key] : undefined, value) : value,
  ]);
  return Object.fromEntries([...removed, ...set]);
};
