import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { trimmed } from './kubernetes-schemas.ts';
import { coreType, EMBEDDED_TYPES, type OpenApiSchema } from './openapi.ts';
import kubernetes from './schema/kubernetes-1.34.json' with { type: 'json' };

const reference = (name: string): string => `#/components/schemas/${name}`;
const empty: OpenApiSchema = { type: 'object' };
const embedded = Object.fromEntries(EMBEDDED_TYPES.map((type) => [coreType(type), empty]));

describe("the copy of Kubernetes' schemas", () => {
  test('has the embedded types and all that they refer to, directly or not, and nothing else', () => {
    const all = {
      ...embedded,
      [coreType('Affinity')]: { properties: { a: { allOf: [{ $ref: reference('Inner') }] } } },
      Inner: { additionalProperties: { $ref: reference('Innermost') } },
      Innermost: { items: { $ref: reference('Inner') } },
      Other: empty,
    };
    assert.deepEqual(Object.keys(trimmed(all)), [...Object.keys(embedded), 'Inner', 'Innermost'].sort());
  });

  test('has no descriptions and no defaults, but a property may be called so', () => {
    const property = { description: 'words', default: '', type: 'string' };
    const all = { ...embedded, [coreType('Toleration')]: { properties: { description: property } } };
    assert.deepEqual(trimmed(all)[coreType('Toleration')], { properties: { description: { type: 'string' } } });
  });

  test('cannot be made when the API server lacks a type', () => {
    assert.throws(() => trimmed({}), /describes no io\.k8s\.api\.core\.v1\.Affinity/);
  });

  test('is trimmed already', () => assert.deepEqual(trimmed(kubernetes), kubernetes));
});
