import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type Existing, REDIS_DEFAULTS, SENTINEL_DEFAULTS, withDefaults } from './defaults.ts';
import type { Schema } from './schema.ts';
import { specSchema } from './spec-schema.ts';
import type { EmbeddedClaim, RedisFailoverSpec } from './types.ts';

/** What the API server does with defaults. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting */
const defaulted = (schema: Schema, value: unknown): unknown => {
  const present = value ?? schema.default;
  if (typeof present !== 'object' || present === null || Array.isArray(present) || !schema.properties) return present;
  const inside = Object.entries(schema.properties).map(([name, child]) => {
    return [name, defaulted(child, Reflect.get(present, name))] as const;
  });
  return { ...present, ...Object.fromEntries(inside.filter(([, child]) => child !== undefined)) };
};

const lines = fc.array(fc.constantFrom('maxmemory 1gb', 'save ""', 'parallel-syncs 1'), { minLength: 1, maxLength: 3 });
const component = {
  replicas: fc.integer({ min: 1, max: 15 }),
  image: fc.constantFrom('redis:7.0.15', 'valkey:8.1'),
  imagePullPolicy: fc.constantFrom('Always' as const, 'Never' as const),
  resources: fc.constant({ limits: { memory: '1Gi' } }),
  customConfig: lines,
  nodeSelector: fc.constant({ disk: 'ssd' }),
};
const optional = { requiredKeys: [] };
const claim = fc.constant<EmbeddedClaim>({ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } });
const storage = { keepAfterDeletion: fc.boolean(), emptyDir: fc.constant({}), persistentVolumeClaim: claim };
const specs: fc.Arbitrary<RedisFailoverSpec> = fc.record(
  {
    redis: fc.record(
      { ...component, port: fc.integer({ min: 1, max: 65_535 }), storage: fc.record(storage, optional) },
      optional,
    ),
    sentinel: fc.record(component, optional),
    auth: fc.constant({ secretPath: 'password' }),
  },
  optional,
);

/** The schema says nothing of images: left out, they stay what they are. */
const withImages = (spec: unknown): unknown => {
  assert.ok(isSpec(spec));
  return {
    ...spec,
    redis: { image: REDIS_DEFAULTS.image, ...spec.redis },
    sentinel: { image: SENTINEL_DEFAULTS.image, ...spec.sentinel },
  };
};
const isSpec = (value: unknown): value is RedisFailoverSpec => typeof value === 'object';

const specOf = (spec: RedisFailoverSpec) => withDefaults({ metadata: { name: 'a' }, spec }).spec;

describe('defaults', () => {
  test('are those of the schema, whatever part of the spec is written', () => {
    fc.assert(fc.property(specs, (spec) => assert.deepEqual(specOf(spec), withImages(defaulted(specSchema(), spec)))));
  });

  test('make a spec out of nothing', () => {
    assert.deepEqual(withImages(defaulted(specSchema(), undefined)), {
      redis: REDIS_DEFAULTS,
      sentinel: SENTINEL_DEFAULTS,
    });
  });

  test('are filled in for an object that was stored without a spec', () => {
    const { spec } = withDefaults({ metadata: { name: 'a', namespace: 'b', uid: 'c' } });
    assert.deepEqual(spec, { redis: REDIS_DEFAULTS, sentinel: SENTINEL_DEFAULTS });
  });

  test('an image that nobody named is that of the pods that run', () => {
    const images = { redis: 'redis:6.2', sentinel: 'redis:7.0' };
    const { spec } = withDefaults({ metadata: {}, spec: { sentinel: { image: 'valkey:8.1' } } }, images);
    assert.deepEqual([spec.redis.image, spec.sentinel.image], ['redis:6.2', 'valkey:8.1']);
  });

  test('change nothing that has them already', () => {
    fc.assert(fc.property(specs, (spec) => assert.deepEqual(specOf(specOf(spec)), specOf(spec))));
  });

  test('leave metadata and status as they are', () => {
    const metadata = { name: 'a', namespace: 'b', uid: 'c', labels: { d: 'e' }, generation: 2 };
    const status = { phase: 'Ready' as const };
    const { spec: _spec, defaultImages: _images, ...rest } = withDefaults({ metadata, spec: {}, status });
    assert.deepEqual(rest, { metadata, status });
  });
});

describe('no Sentinels', () => {
  const sentinel = { replicas: 0 };
  const sentinelOf = (existing: Existing, spec: RedisFailoverSpec = { sentinel }) => {
    const { enabled, replicas } = withDefaults({ metadata: {}, spec }, existing).spec.sentinel;
    return { enabled, replicas };
  };

  test('are asked for by their number as by the word', () => {
    assert.deepEqual(sentinelOf({}), { enabled: false, replicas: 0 });
    assert.deepEqual(sentinelOf({}, { sentinel: { enabled: false } }), { enabled: false, replicas: 0 });
  });
  test('are not asked for by the number where spotahome made some', () => {
    assert.deepEqual(sentinelOf({ predecessorsSentinels: true }), { enabled: true, replicas: 3 });
  });
  test('are asked for by the word there, too', () => {
    const spec = { sentinel: { enabled: false, replicas: 0 } };
    assert.deepEqual(sentinelOf({ predecessorsSentinels: true }, spec), { enabled: false, replicas: 0 });
  });
});

describe("what spotahome's CRD let through", () => {
  const cases: Readonly<Record<string, readonly [RedisFailoverSpec, RedisFailoverSpec]>> = {
    'no replicas are the default number': [
      { redis: { replicas: 0 }, sentinel: { replicas: -1 } },
      { redis: { replicas: 3 }, sentinel: { replicas: 3 } },
    ],
    'port 0 is the default port': [{ redis: { port: 0 } }, { redis: { port: 6379 } }],
    'an empty image is the default image': [{ redis: { image: '' } }, { redis: { image: REDIS_DEFAULTS.image } }],
    'an empty list of lines for Sentinel is the default list': [
      { sentinel: { customConfig: [] } },
      { sentinel: { customConfig: SENTINEL_DEFAULTS.customConfig } },
    ],
  };
  for (const [sentence, [written, meant]] of Object.entries(cases)) {
    test(sentence, () => assert.deepEqual(specOf(written), specOf(meant)));
  }
});
