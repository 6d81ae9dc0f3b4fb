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

/** A port, by number or by name. */
const INT_OR_STRING: Schema = {
  anyOf: [{ type: 'integer' }, { type: 'string' }],
  'x-kubernetes-int-or-string': true,
};

const named = (name: string): OpenApiSchema => {
  const found = DEFINITIONS[name];
  if (found === undefined) throw new Error(`the copy of Kubernetes' schemas has no ${name}: run make generate`);
  return found;
};

/** A member that is part of the key of a list needs a default; the only one without is the protocol of a port. */
const withProtocol = (item: Schema, keys: readonly string[] = []): Schema => {
  const protocol = item.properties?.['protocol'];
  if (protocol === undefined || !keys.includes('protocol')) return item;
  return { ...item, properties: { ...item.properties, protocol: { ...protocol, default: 'TCP' } } };
};

const structural = (schema: OpenApiSchema): Schema => {
  const reference = referenceOf(schema);
  if (reference?.endsWith('.api.resource.Quantity')) return QUANTITY;
  if (reference?.endsWith('.util.intstr.IntOrString')) return INT_OR_STRING;
  if (reference !== undefined) return structural(named(reference));
  const {
    $ref: _ref,
    allOf: _allOf,
    oneOf: _oneOf,
    default: _default,
    'x-kubernetes-unions': _unions,
    properties,
    additionalProperties,
    items,
    ...same
  } = schema;
  return {
    ...same,
    ...(properties && { properties: mapValues(properties, structural) }),
    ...(additionalProperties && { additionalProperties: structural(additionalProperties) }),
    ...(items && { items: withProtocol(structural(items), schema['x-kubernetes-list-map-keys']) }),
  };
};
