/** Specs that differ from a good one in one property. */
import { isRecord } from '../../../src/core/objects/json.ts';
import { children, ENTRY, ITEM, type Property } from './properties.ts';
import { keyOf, leastValue } from './values.ts';

/** Stands for a property that is left out. */
export const ABSENT = Symbol('absent');

/**
 * `good`, where the property has the value. What lies on the way and is not in `good` gets what is required there; a list on
 * the way has one item.
 */
export const specWith = (root: Property, good: object, { steps }: Property, value: unknown): unknown =>
  placed(root, good, { steps, value });

type Placing = { readonly steps: readonly string[]; readonly value: unknown };

const placed = (here: Property, current: unknown, { steps: [step, ...steps], value }: Placing): unknown => {
  if (step === undefined) return value;
  const inside = children(here).find((child) => child.steps.at(-1) === step);
  if (inside === undefined) throw new Error(`${here.path} has no ${step}`);
  if (step === ITEM) return [placed(inside, undefined, { steps, value })];
  const name = step === ENTRY ? keyOf(here) : step;
  const { [name]: old, ...others } = isRecord(current) ? current : leastRecord(here);
  const changed = placed(inside, old, { steps, value });
  return changed === ABSENT ? others : { ...others, [name]: changed };
};

const leastRecord = (property: Property): Readonly<Record<string, unknown>> => {
  const least = leastValue(property);
  return isRecord(least) ? least : {};
};

/** As the API server writes the path: the first item, the key of the one entry. */
export const apiPath = ({ path }: Pick<Property, 'path'>): string => {
  const at = path.indexOf(ENTRY);
  if (at === -1) return path.replaceAll(ITEM, '[0]');
  const map = path.slice(0, at);
  return `${apiPath({ path: map })}.${keyOf({ path: map })}${apiPath({ path: path.slice(at + ENTRY.length) })}`;
};
