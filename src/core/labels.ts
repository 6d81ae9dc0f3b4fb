/** Which labels of a RedisFailover its objects get. */
import { RE2JS } from 're2js';
import type { DefaultedFailover } from '../api/defaults.ts';

/**
 * The RedisFailover's labels whose keys match one of `spec.labelWhitelist`, or all of them without such a list. The
 * expressions are RE2's, as spotahome's were, and need no anchors; one that is not valid matches nothing.
 */
export const inheritedLabels = ({ metadata, spec }: DefaultedFailover): Readonly<Record<string, string>> => {
  const { labels = {} } = metadata;
  const { labelWhitelist = [] } = spec;
  if (labelWhitelist.length === 0) return labels;
  const allowed = labelWhitelist.flatMap((expression) => compiled(expression) ?? []);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => allowed.some((one) => one.matcher(key).find())));
};

/** The expressions of `spec.labelWhitelist` that are none. */
export const invalidExpressions = ({ spec }: DefaultedFailover): readonly string[] =>
  (spec.labelWhitelist ?? []).filter((expression) => compiled(expression) === undefined);

/** Linear in time, whatever the expression. https://github.com/google/re2/wiki/Syntax */
const compiled = (expression: string): RE2JS | undefined => {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
};
