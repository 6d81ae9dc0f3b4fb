/** Every property of the spec, from the schema that the API server has. */
import type { Schema } from '../../../src/api/schema.ts';

/** A way into a value: the name of a member, `[]` for the one item of a list, `{}` for the one entry of a map. */
export type Step = string;

export type Property = {
  /** As `spec.redis.extraContainers[].name` or `spec.redis.nodeSelector{}`. */
  readonly path: string;
  readonly steps: readonly Step[];
  readonly schema: Schema;
  /** Whether its parent cannot do without it. */
  readonly required: boolean;
};

export const ITEM = '[]';
export const ENTRY = '{}';

/** The property that all others are below: the spec itself. */
export const specProperty = (schema: Schema): Property => ({ path: 'spec', steps: [], schema, required: false });

/** What lies directly below: members by name, the item of a list, the entry of a map. */
export const children = (property: Property): readonly Property[] => {
  const { properties = {}, items, additionalProperties, required = [] } = property.schema;
  const members = Object.entries(properties).map(([name, schema]) =>
    below(property, name, { schema, required: required.includes(name) }),
  );
  return [
    ...members,
    ...(items ? [below(property, ITEM, { schema: items, required: true })] : []),
    ...(additionalProperties ? [below(property, ENTRY, { schema: additionalProperties, required: true })] : []),
  ];
};

const below = (parent: Property, step: Step, rest: Pick<Property, 'schema' | 'required'>): Property => ({
  path: step === ITEM || step === ENTRY ? `${parent.path}${step}` : `${parent.path}.${step}`,
  steps: [...parent.steps, step],
  ...rest,
});

/** The property and everything below it, down to the last leaf of the embedded types. */
export const everyProperty = (property: Property): readonly Property[] => [
  property,
  ...children(property).flatMap(everyProperty),
];

/**
 * Every property of ours, and every property of a Kubernetes type that is embedded in one, but nothing further inside: its
 * value then represents what is inside. Items and entries are left out, as the list or map stands for them.
 */
export const representatives = (property: Property): readonly Property[] => boundedFrom(property, 'ours');

const boundedFrom = (property: Property, whose: 'ours' | 'embedded'): readonly Property[] => {
  const inside = children(property).flatMap((child) => {
    if (isPlace(child)) return boundedFrom(child, whose).slice(1);
    if (whose === 'embedded') return [];
    return boundedFrom(child, isOurs(property.schema) ? 'ours' : 'embedded');
  });
  return [property, ...inside];
};

/** An item or an entry. */
const isPlace = ({ steps }: Property): boolean => steps.at(-1) === ITEM || steps.at(-1) === ENTRY;

/** Fields of ours have descriptions, those of Kubernetes' types have none. */
export const isOurs = ({ properties = {} }: Schema): boolean =>
  Object.values(properties).length > 0 &&
  Object.values(properties).every(({ description }) => description !== undefined);

/** By path, so that every run has the same order. */
export const byPath = (one: Property, other: Property): number => {
  if (one.path === other.path) return 0;
  return one.path < other.path ? -1 : 1;
};
