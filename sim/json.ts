/** Operations on JSON values as the API server does them: merge patch, apply, comparison, freezing. */

export type JsonMap = { readonly [key: string]: unknown };

export const isMap = (value: unknown): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON merge patch: null removes, maps merge, everything else replaces. https://www.rfc-editor.org/rfc/rfc7396 */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch;
  const merged: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
};

/**
 * Server-side apply with force, simplified: maps merge, lists are atomic, and a field that this manager applied before and
 * no longer does is removed. `previous` is what it applied last.
 */
export const applyOver = (live: unknown, previous: unknown, next: unknown): unknown => {
  if (!isMap(next) || !isMap(live)) return next;
  const applied: Record<string, unknown> = { ...live };
  const before = isMap(previous) ? previous : {};
  for (const key of Object.keys(before)) if (!(key in next)) delete applied[key];
  for (const [key, value] of Object.entries(next)) applied[key] = applyOver(live[key], before[key], value);
  return applied;
};

/** True when both are the same JSON, whatever the order of their keys. */
export const isSameJson = (left: unknown, right: unknown): boolean => {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => isSameJson(item, right[index]));
  }
  if (!isMap(left) || !isMap(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => isSameJson(left[key], right[key]));
};

/** A copy that nobody can change: everyone who asks gets the same object. */
export const frozenCopy = <T>(value: T): T => deepFreeze(structuredClone(value));

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
};
