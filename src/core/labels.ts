/** Which labels of a RedisFailover its objects and pods get. */
import { RE2JS } from 're2js';
import type { DefaultedFailover } from '../api/defaults.ts';
import { componentLabels, ROLE_LABEL } from '../api/names.ts';

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

/** What the pods' controllers know them by. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const OF_CONTROLLERS = [
  'pod-template-hash',
  'controller-revision-hash',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
];

/**
 * The labels that pods get: the inherited ones but those by which controllers, Services and budgets find pods. They are in no template,
 * so that changing them restarts nothing.
 */
export const podLabels = (failover: DefaultedFailover): Readonly<Record<string, string>> => {
  const ours = new Set([
    ...Object.keys(componentLabels(failover.metadata.name, 'redis')),
    ROLE_LABEL,
    ...OF_CONTROLLERS,
  ]);
  return Object.fromEntries(Object.entries(inheritedLabels(failover)).filter(([key]) => !ours.has(key)));
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
