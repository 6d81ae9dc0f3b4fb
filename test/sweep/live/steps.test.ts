/** That a new field of ours cannot be forgotten, and that the choice for a budget is always the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { specSchema } from '../../../src/api/spec-schema.ts';
import { children, everyProperty, isOurs, type Property, specProperty } from '../schema/properties.ts';
import { FIELDS, NOT_LIVE } from './fields.ts';
import { lacking, merged } from './merge.ts';
import { GOOD, STEPS, type Step, within } from './steps.ts';

/** Fields that have a value of their own: those of ours that do not only hold others of ours. */
const fieldsOf = (property: Property): readonly Property[] =>
  children(property).flatMap((child) => (isOurs(child.schema) ? fieldsOf(child) : [child]));

describe('the sweep of a running failover', () => {
  test('has every field of ours, or says why not', () => {
    const swept = new Set([...FIELDS.map(({ path }) => path), ...Object.keys(NOT_LIVE)]);
    const missing = fieldsOf(specProperty(specSchema())).filter(({ path }) => !swept.has(path));
    assert.deepEqual(
      missing.map(({ path }) => path),
      [],
    );
  });

  test('has no field that does not exist', () => {
    const paths = new Set(everyProperty(specProperty(specSchema())).map(({ path }) => path));
    assert.deepEqual(
      FIELDS.filter(({ path }) => !paths.has(path)),
      [],
    );
  });

  test('gives every step a name of its own', () => {
    assert.equal(new Set(STEPS.map(({ name }) => name)).size, STEPS.length);
  });

  test('changes something in the first spec of every step that is no word of its own', () => {
    const idle = STEPS.filter(({ specs, good }) => JSON.stringify(specs[0]) === JSON.stringify(GOOD[good]));
    assert.deepEqual(idle, []);
  });

  test('fits into a budget by the costs in the table, from the beginning', () => {
    const steps: readonly Step[] = [10, 20, 5].map((costSeconds, index) => ({
      name: String(index),
      good: 'memory',
      specs: [],
      costSeconds,
    }));
    const names = (budget: number): readonly string[] => within(budget, steps).map(({ name }) => name);
    assert.deepEqual([names(9), names(10), names(34), names(35)], [[], ['0'], ['0', '1'], ['0', '1', '2']]);
  });
});

describe('a spec of a step', () => {
  test('is the good one with objects merged and lists replaced', () => {
    assert.deepEqual(merged({ a: { b: 1, c: [1, 2] } }, { a: { c: [3] }, d: 4 }), { a: { b: 1, c: [3] }, d: 4 });
  });

  test('lacks what is left out, and nothing else', () => {
    const spec = { redis: { replicas: 2, port: 1 } };
    assert.deepEqual(lacking(spec, 'spec.redis.port'), { redis: { replicas: 2 } });
    assert.equal(lacking(spec, 'spec.auth'), spec);
  });
});
