/** Schemas of the Kubernetes types that a RedisFailover embeds, from the API server's own OpenAPI document. */

import {
  coreType,
  type EmbeddedType,
  mapValues,
  type OpenApiSchema,
  type OpenApiSchemas,
  referenceOf,
} from './openapi.ts';
import kubernetes from './schema/kubernetes-1.34.json' with { type: 'json' };
import type { Schema } from './schema.ts';

/** The structural schema of an embedded type: references followed, no descriptions, none of Go's zero values as defaults. */
export const embedded = (type: EmbeddedType): Schema => structural(named(coreType(type)));

const DEFINITIONS: OpenApiSchemas = kubernetes;

/** As the API server parses quantities. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const QUANTITY: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  pattern:
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
  'x-kubernetes-int-or-string': true,
};

const named = (name: string): OpenApiSchema => {
  const found = DEFINITIONS[name];
  if (found === undefined) throw new Error(`the copy of Kubernetes' schemas has no ${name}: run make generate`);
  return found;
};

const structural = (schema: OpenApiSchema): Schema => {
  const reference = referenceOf(schema);
  if (reference?.endsWith('.api.resource.Quantity')) return QUANTITY;
  if (reference !== undefined) return structural(named(reference));
  const {
    $ref: _ref,
    allOf: _allOf,
    oneOf: _oneOf,
    default: _default,
    properties,
    additionalProperties,
    items,
    ...same
  } = schema;
  return {
    ...same,
    ...(properties && { properties: mapValues(properties, structural) }),
    ...(additionalProperties && { additionalProperties: structural(additionalProperties) }),
    ...(items && { items: structural(items) }),
  };
};
