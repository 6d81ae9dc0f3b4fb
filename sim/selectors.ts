import type { KubeObject, Selection } from '../src/ports.ts';
import { isMap } from './json.ts';

/** True when a list or watch with this selection contains the object. */
export const isSelected = (object: KubeObject, selection: Selection): boolean => {
  const { metadata } = object;
  if (selection.namespace !== undefined && metadata?.namespace !== selection.namespace) return false;
  return (
    requirements(selection.labelSelector).every((requirement) => holdsLabel(metadata?.labels ?? {}, requirement)) &&
    requirements(selection.fieldSelector).every((requirement) => holdsField(object, requirement))
  );
};

/** Commas separate requirements, but not within the parentheses of `in (a,b)`. */
const requirements = (selector: string | undefined): string[] =>
  selector === undefined || selector === '' ? [] : selector.split(/,(?![^(]*\))/).map((part) => part.trim());

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
const holdsLabel = (labels: Readonly<Record<string, string>>, requirement: string): boolean => {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(requirement);
  if (set !== null) {
    const [, key = '', operator, values = ''] = set;
    const isIn = values.split(',').some((value) => value.trim() === labels[key]);
    return operator === 'in' ? isIn : !isIn;
  }
  const comparison = /^([^=!]+)(!=|==?)(.*)$/.exec(requirement);
  if (comparison !== null) {
    const [, key = '', operator, value] = comparison;
    return operator === '!=' ? labels[key.trim()] !== value?.trim() : labels[key.trim()] === value?.trim();
  }
  return requirement.startsWith('!') ? !(requirement.slice(1) in labels) : requirement in labels;
};

const holdsField = (object: KubeObject, requirement: string): boolean => {
  const comparison = /^([^=!]+)(!=|==?)(.*)$/.exec(requirement);
  if (comparison === null) return false;
  const [, path = '', operator, expected] = comparison;
  let value: unknown = object;
  for (const key of path.split('.')) value = isMap(value) ? value[key] : undefined;
  const text = typeof value === 'string' || typeof value === 'boolean' ? String(value) : '';
  return (operator === '!=') !== (text === expected);
};
