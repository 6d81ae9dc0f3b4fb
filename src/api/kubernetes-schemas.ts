/** Trims the API server's OpenAPI document to the types that are embedded. */
import {
  coreType,
  EMBEDDED_TYPES,
  mapValues,
  type OpenApiSchema,
  type OpenApiSchemas,
  referenceOf,
} from './openapi.ts';

/** The members of the embedded types' definitions that `embedded.ts` reads, sorted by name. Throws when one is missing. */
export const trimmed = (all: OpenApiSchemas): OpenApiSchemas => {
  const needed = new Map<string, OpenApiSchema>();
  const visit = (name: string): void => {
    if (needed.has(name)) return;
    const found = all[name];
    if (found === undefined) throw new Error(`the API server describes no ${name}`);
    needed.set(name, kept(found));
    for (const reference of referencesIn(found)) visit(reference);
  };
  for (const type of EMBEDDED_TYPES) visit(coreType(type));
  return Object.fromEntries([...needed].sort(([one], [other]) => (one < other ? -1 : 1)));
};

const parts = ({ properties = {}, additionalProperties, items }: OpenApiSchema): readonly OpenApiSchema[] => [
  ...Object.values(properties),
  ...(additionalProperties ? [additionalProperties] : []),
  ...(items ? [items] : []),
];

const referencesIn = (schema: OpenApiSchema): readonly string[] => {
  const reference = referenceOf(schema);
  return [...(reference === undefined ? [] : [reference]), ...parts(schema).flatMap(referencesIn)];
};

/** Without descriptions, and without defaults, which are Go's zero values. */
const kept = (schema: OpenApiSchema): OpenApiSchema => {
  const { description: _description, default: _default, properties, additionalProperties, items, ...rest } = schema;
  return {
    ...rest,
    ...(properties && { properties: mapValues(properties, kept) }),
    ...(additionalProperties && { additionalProperties: kept(additionalProperties) }),
    ...(items && { items: kept(items) }),
  };
};
