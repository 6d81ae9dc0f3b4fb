/** That nothing of the spec is left out of the sweep: a new property without values fails here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { specSchema } from '../../../src/api/spec-schema.ts';
import { ABSENT, apiPath, specWith } from './manifest.ts';
import { OVERRIDES } from './overrides.ts';
import { byPath, everyProperty, type Property, representatives, specProperty } from './properties.ts';
import { illegalValues, legalValue } from './values.ts';

const root = specProperty(specSchema());
const every = everyProperty(root);
const named = (path: string): Property => {
  const found = every.find((one) => one.path === path);
  assert.ok(found, path);
  return found;
};

describe('the properties of the spec', () => {
  test('are found to the last leaf, and those that represent others to the members of embedded types', () => {
    const paths = every.map(({ path }) => path);
    const representing = new Set(representatives(root).map(({ path }) => path));
    const leaf = 'spec.redis.extraContainers[].livenessProbe.httpGet.port';
    assert.ok(paths.includes(leaf) && !representing.has(leaf));
    for (const path of [
      'spec.redis.extraContainers[].livenessProbe',
      'spec.sentinel.exporter.env[].valueFrom',
      'spec.redis.customCommandRenames[].to',
      'spec.auth.secretPath',
    ])
      assert.ok(representing.has(path), path);
    assert.equal(new Set(paths).size, paths.length);
  });

  test('have two legal values each, which differ where there can be two', () => {
    const same = representatives(root).filter(
      (property) => JSON.stringify(legalValue(property, 0)) === JSON.stringify(legalValue(property, 1)),
    );
    assert.deepEqual(same.map(({ path }) => path).sort(), WITH_ONE_VALUE);
  });

  test('have an illegal value each', () => {
    const none = every.filter((property) => illegalValues(property).length === 0);
    assert.deepEqual(none, []);
  });

  test('that have a row in the table exist', () => {
    const paths = new Set(every.map(({ path }) => path));
    assert.deepEqual(
      Object.keys(OVERRIDES).filter((path) => !paths.has(path)),
      [],
    );
  });

  test('come in one order', () => {
    const sorted = [...every].sort(byPath);
    assert.deepEqual(every.toReversed().sort(byPath), sorted);
  });
});

/** One value only: an object without members, and what may be switched on and never off. */
const WITH_ONE_VALUE = [
  'spec.auth.internalCredentials',
  'spec.redis.storage.persistentVolumeClaim.spec',
  'spec.redis.storage.persistentVolumeClaim.status',
];

describe('a spec with one property changed', () => {
  const good = { redis: { replicas: 2, nodeSelector: { disk: 'ssd' } } };
  const change = (path: string, value: unknown): unknown => specWith(root, good, named(path), value);

  test('keeps everything else', () => {
    assert.deepEqual(change('spec.redis.port', 7000), { redis: { ...good.redis, port: 7000 } });
  });

  test('has what is required on the way', () => {
    assert.deepEqual(change('spec.redis.extraContainers[].tty', true), {
      redis: { ...good.redis, extraContainers: [{ name: 'swept-a', tty: true }] },
    });
  });

  test('lacks a property that is left out', () => {
    assert.deepEqual(change('spec.redis.nodeSelector', ABSENT), { redis: { replicas: 2 } });
  });

  test('has paths as the API server writes them', () => {
    assert.equal(apiPath(named('spec.redis.nodeSelector{}')), 'spec.redis.nodeSelector.swept');
    assert.equal(
      apiPath(named('spec.sentinel.extraContainers[].env[].name')),
      'spec.sentinel.extraContainers[0].env[0].name',
    );
  });
});
