import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { KubeObject } from '../../ports.ts';
import { desiredObjects } from './desired.ts';
import { differs } from './differs.ts';
import { failover } from './fixtures.ts';
import { isRecord } from './json.ts';

type Json = { readonly [member: string]: unknown };
type Case = { readonly desired: Json; readonly live: Json; readonly path: string | undefined };

const spec = (desired: unknown, live: unknown, path?: string): Case => ({
  desired: { spec: desired },
  live: { spec: live },
  path,
});
const container = (desired: Json, live: Json, path?: string): Case =>
  spec({ containers: [{ name: 'redis', ...desired }] }, { containers: [{ name: 'redis', ...live }] }, path);

const CASES: Readonly<Record<string, Case>> = {
  'equal objects do not differ': spec({ a: 1, b: ['x'] }, { a: 1, b: ['x'] }),
  'fields of others do not matter': spec({ a: 1 }, { a: 1, b: 2 }),
  'kind and apiVersion do not matter: items of a list have none': {
    desired: { apiVersion: 'v1', kind: 'Service', spec: { a: 1 } },
    live: { spec: { a: 1 } },
    path: undefined,
  },
  'another value differs': spec({ a: 1 }, { a: 2 }, 'spec.a'),
  'a missing value differs': spec({ a: { b: false } }, {}, 'spec.a.b'),
  'another type differs': spec({ a: { b: 1 } }, { a: 'b' }, 'spec.a'),
  'undefined and null ask for nothing': spec({ a: undefined, b: null }, { a: 1 }),
  'an empty object or list is as good as none': spec({ a: {}, b: [], c: { d: {} } }, {}),
  'an empty text is as good as none': spec({ medium: '' }, {}),
  'but not as a label': spec({ labels: { team: '' } }, { labels: {} }, 'spec.labels.team'),
  'no items differ from some, where items have no name': spec(
    { tolerations: [] },
    { tolerations: [{}] },
    'spec.tolerations',
  ),
  'a list is compared in order': spec({ command: ['a', 'b'] }, { command: ['b', 'a'] }, 'spec.command[0]'),
  'a list has no more items than asked for': spec({ command: ['a'] }, { command: ['a', 'b'] }, 'spec.command'),
  'containers are found by name': spec({ containers: [{ name: 'b' }] }, { containers: [{ name: 'a' }, { name: 'b' }] }),
  'a missing container differs': spec(
    { containers: [{ name: 'b' }] },
    { containers: [{ name: 'a' }] },
    'spec.containers[b]',
  ),
  'mounts are found by path': container(
    { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
    { volumeMounts: [{ name: 'other', mountPath: '/data' }] },
    'spec.containers[redis].volumeMounts[/data].name',
  ),
  'variables are found by name': container(
    { env: [{ name: 'A', value: '1' }] },
    {
      env: [
        { name: 'B', value: '1' },
        { name: 'A', value: '2' },
      ],
    },
    'spec.containers[redis].env[A].value',
  ),
  'ports are found by name': spec(
    { ports: [{ name: 'redis', port: 1 }] },
    { ports: [{ name: 'redis', port: 2 }] },
    'spec.ports[redis].port',
  ),
  'resources are compared as amounts': container(
    { resources: { requests: { cpu: 0.1, memory: '1024Mi' }, limits: { cpu: '1' } } },
    { resources: { requests: { cpu: '100m', memory: '1Gi' }, limits: { cpu: '1' } } },
  ),
  'other amounts differ': container(
    { resources: { limits: { memory: '1G' } } },
    { resources: { limits: { memory: '1Gi' } } },
    'spec.containers[redis].resources.limits.memory',
  ),
  'an emptyDir’s limit is an amount': spec({ emptyDir: { sizeLimit: '1024Mi' } }, { emptyDir: { sizeLimit: '1Gi' } }),
  'elsewhere amounts are text': spec({ value: '1024Mi' }, { value: '1Gi' }, 'spec.value'),
  'data of others does not matter: nothing reads it': {
    desired: { data: { 'redis.conf': 'x' } },
    live: { data: { 'redis.conf': 'x', extra: 'y' } },
    path: undefined,
  },
  'missing data differs': { desired: { data: { 'redis.conf': '' } }, live: {}, path: 'data["redis.conf"]' },
  'labels of others stay': {
    desired: { metadata: { labels: { a: 'b' } } },
    live: { metadata: { labels: { a: 'b', c: 'd' } } },
    path: undefined,
  },
  'a changed label differs': {
    desired: { metadata: { labels: { 'app.kubernetes.io/name': 'b' } } },
    live: { metadata: { labels: { 'app.kubernetes.io/name': 'c' } } },
    path: 'metadata.labels["app.kubernetes.io/name"]',
  },
  'a lost owner differs': {
    desired: { metadata: { ownerReferences: [{ uid: 'x' }] } },
    live: { metadata: { ownerReferences: [{ uid: 'y' }] } },
    path: 'metadata.ownerReferences[x]',
  },
};

const object = (json: unknown): KubeObject => (isRecord(json) ? json : {});

describe('differs', () => {
  for (const [sentence, { desired, live, path }] of Object.entries(CASES)) {
    test(sentence, () => assert.equal(differs(object(desired), object(live)), path));
  }
});

const objects = desiredObjects({
  failover: failover({
    auth: { secretPath: 'login' },
    redis: {
      resources: { requests: { cpu: '100m', memory: '128Mi' } },
      tolerations: [{ key: 'a', operator: 'Exists' }],
      nodeSelector: { disk: 'ssd' },
      storage: { persistentVolumeClaim: { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } } },
    },
  }),
  redisReplicas: 3,
  login: { password: 'secret' },
});
const anyObject = fc.constantFrom(...objects);

/** Every path to a leaf. */
const leaves = (value: unknown): readonly (readonly string[])[] => {
  if (Array.isArray(value) || isRecord(value))
    return Object.entries(value).flatMap(([key, item]) => leaves(item).map((path) => [key].concat(path)));
  return [[]];
};

/** A copy with the leaf at `path` replaced, or taken out. */
const changed = (value: unknown, path: readonly string[], leaf: unknown): unknown => {
  const [key, ...rest] = path;
  if (key === undefined) return leaf;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (String(index) === key ? changed(item, rest, leaf) : item));
  return isRecord(value) ? { ...value, [key]: changed(value[key], rest, leaf) } : value;
};

/** A copy in which every object has more members, and every list of named items more items. */
const withForeignFields = (value: unknown, extra: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => withForeignFields(item, extra));
  if (!isRecord(value)) return value;
  const members = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    withForeignItems(withForeignFields(item, extra), key),
  ]);
  return Object.fromEntries([['foreign', extra], ...members]);
};
const withForeignItems = (value: unknown, key: string): unknown =>
  Array.isArray(value) && ['containers', 'env', 'volumes'].includes(key)
    ? [{ name: 'foreign' }, ...(value as unknown[])]
    : value;

describe('any object we build', () => {
  test('does not differ from itself, whatever others add to it', () => {
    fc.assert(
      fc.property(anyObject, fc.jsonValue(), (desired, extra) => {
        assert.equal(differs(desired, desired), undefined);
        assert.equal(differs(desired, object(withForeignFields(desired, extra))), undefined);
      }),
    );
  });

  test('differs from itself with one leaf changed or taken out', () => {
    const leaf = anyObject.chain((desired) => fc.tuple(fc.constant(desired), fc.constantFrom(...leaves(desired))));
    fc.assert(
      fc.property(leaf, fc.constantFrom('changed', -1, undefined, null), ([desired, path], value) => {
        if (path.length === 1) return; // kind and apiVersion
        assert.notEqual(differs(desired, object(changed(desired, path, value))), undefined, path.join('.'));
      }),
      { numRuns: 300 },
    );
  });

  test('has another hash when a field is taken out of the spec', () => {
    const hashes = [failover({ redis: { nodeSelector: { disk: 'ssd' } } }), failover()].map(
      (one) =>
        desiredObjects({ failover: one, redisReplicas: 3 }).find(({ kind }) => kind === 'StatefulSet')?.metadata
          ?.annotations,
    );
    assert.notDeepEqual(hashes[0], hashes[1]);
  });

  test('has the same hash whatever the password is', () => {
    const hashes = ['one', 'two'].map(
      (password) =>
        desiredObjects({
          failover: failover({ auth: { secretPath: 'login' } }),
          redisReplicas: 3,
          login: { password },
        }).find(({ kind }) => kind === 'Secret')?.metadata?.annotations,
    );
    assert.deepEqual(hashes[0], hashes[1]);
  });
});
