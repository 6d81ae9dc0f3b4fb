import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { REDIS_DEFAULTS, withDefaults } from '../../api/defaults.ts';
import { INHERITED_ANNOTATION } from '../../api/names.ts';
import type { RedisFailoverSpec } from '../../api/types.ts';
import { APPLIED_HASH } from './applied-hash.ts';
import { at, build, failover } from './fixtures.ts';
import { isRecord } from './json.ts';
import { defaultImageOf, IMAGE_ANNOTATION, TEMPLATE_ANNOTATION, TEMPLATE_VERSION } from './kept-template.ts';

const IMAGE: string = REDIS_DEFAULTS.image;
const SELECTOR = { 'app.kubernetes.io/name': 'test', 'app.kubernetes.io/part-of': 'redis-failover' };
const PLACE = 'StatefulSet/rfr-test spec.template';

/** A StatefulSet with a template of its own; `made` is what the annotation says of it. */
const live = (made?: string, image = IMAGE): StatefulSet => ({
  metadata: {
    name: 'rfr-test',
    annotations: { ...(made !== undefined && { [TEMPLATE_ANNOTATION]: made, [IMAGE_ANNOTATION]: image }) },
  },
  spec: {
    serviceName: 'rfr-test',
    selector: { matchLabels: SELECTOR },
    template: { spec: { containers: [{ name: 'redis', image, command: ['old'] }] } },
  },
});

const built = (spec: RedisFailoverSpec, liveStatefulSet?: StatefulSet) =>
  build({ spec, ...(liveStatefulSet && { liveStatefulSet }) });
const isKept = (spec: RedisFailoverSpec, set: StatefulSet): boolean =>
  at(built(spec, set), `${PLACE}.spec.containers.0.command.0`) === 'old';
/** The annotation that a workload gets for a spec, when its template has that version. */
const madeFor = (spec: RedisFailoverSpec, version: number): string => {
  const object = built(spec).find(({ kind }) => kind === 'StatefulSet');
  return `${version}:${object?.metadata?.annotations?.[TEMPLATE_ANNOTATION]?.split(':')[1]}`;
};

const TOLERATION = { redis: { tolerations: [{ key: 'a', operator: 'Exists' }] } } satisfies RedisFailoverSpec;

/** What the spec was, what it is, and whether the pod template of another version or operator stays. */
const CHANGES: Readonly<Record<string, readonly [RedisFailoverSpec, RedisFailoverSpec, boolean]>> = {
  'nothing changed': [{}, {}, true],
  'the image that they have was written down': [{}, { redis: { image: IMAGE } }, true],
  'a default was written down': [{}, { redis: { imagePullPolicy: 'IfNotPresent' } }, true],
  'more pods': [{}, { redis: { replicas: 5 } }, true],
  'another configuration': [{}, { redis: { customConfig: ['maxmemory 1gb'] } }, true],
  'configuration that only a new process takes': [{}, { redis: { customConfig: ['io-threads 4'] } }, false],
  'that configuration in other words': [
    { redis: { customConfig: ['io-threads 4', 'disable-thp no'] } },
    { redis: { customConfig: ['maxmemory 1gb', 'disable-thp NO', 'IO-Threads "4"'] } },
    true,
  ],
  'another claim, which only new StatefulSets can have': [
    {},
    { redis: { storage: { persistentVolumeClaim: { metadata: { name: 'x' } } } } },
    true,
  ],
  'something of Sentinel': [{}, { sentinel: { tolerations: TOLERATION.redis.tolerations } }, true],
  'a toleration': [{}, TOLERATION, false],
  'no toleration any more': [TOLERATION, {}, false],
  'another image': [{}, { redis: { image: 'redis:9' } }, false],
  'divergent data is kept': [{}, { redis: { divergentData: 'Keep' } }, false],
  'what was the default is written down': [{}, { redis: { divergentData: 'Discard' } }, true],
  'a password': [{}, { auth: { secretPath: 'login' } }, false],
  'a password for Sentinels': [{}, { auth: { sentinelSecretPath: 'login' } }, false],
};

describe('pods keep their template', () => {
  for (const [sentence, [before, now, kept]] of Object.entries(CHANGES)) {
    for (const version of [0, TEMPLATE_VERSION.redis + 1]) {
      test(`of version ${version}, ${sentence}: ${kept ? 'yes' : 'no'}`, () => {
        assert.equal(isKept(now, live(madeFor(before, version))), kept);
      });
    }
  }

  test('when they are new to this operator', () => assert.equal(isKept(TOLERATION, live()), true));
  test('but not when the spec names another image than they have', () => {
    assert.equal(isKept({ redis: { image: 'redis:9' } }, live()), false);
  });
  test('but not when the spec asks for what only this operator does', () => {
    assert.equal(isKept({ redis: { divergentData: 'Keep' } }, live()), false);
  });
  test('but not one of this version, which is compared field by field', () => {
    assert.equal(isKept({}, live(madeFor({}, TEMPLATE_VERSION.redis))), false);
  });

  test('and its version with it, until they get another', () => {
    const version = (spec: RedisFailoverSpec): unknown =>
      built(spec, live(madeFor({}, 0))).find(({ kind }) => kind === 'StatefulSet')?.metadata?.annotations?.[
        TEMPLATE_ANNOTATION
      ];
    assert.equal(version({}), madeFor({}, 0));
    assert.equal(version(TOLERATION), madeFor(TOLERATION, TEMPLATE_VERSION.redis));
  });
});

/** The annotation for a failover with these labels; `before` is what it was, and the template has `team`. */
const inherited = (
  labels: Readonly<Record<string, string>>,
  before?: string,
  spec: RedisFailoverSpec = {},
): unknown => {
  const { metadata, ...set } = live(madeFor({}, 0));
  const template = { ...set.spec?.template, metadata: { labels: { team: 'blue', fork: 'own' } } };
  const annotations = { ...metadata?.annotations, ...(before !== undefined && { [INHERITED_ANNOTATION]: before }) };
  const liveStatefulSet = {
    metadata: { ...metadata, annotations },
    spec: { serviceName: 'rfr-test', selector: {}, ...set.spec, template },
  };
  const object = build({ failover: failover(spec, labels), liveStatefulSet }).find(
    ({ kind }) => kind === 'StatefulSet',
  );
  return object?.metadata?.annotations?.[INHERITED_ANNOTATION];
};

describe('a workload of another operator', () => {
  test('keeps its selector, and new pods have the labels it asks for', () => {
    const objects = built(TOLERATION, live(madeFor({}, 0)));
    assert.deepEqual(at(objects, 'StatefulSet/rfr-test spec.selector'), { matchLabels: SELECTOR });
    const labels = at(objects, `${PLACE}.metadata.labels`);
    assert.ok(isRecord(labels));
    assert.equal(labels['app.kubernetes.io/part-of'], 'redis-failover');
    assert.equal(labels['app.kubernetes.io/component'], 'redis');
  });

  test('keeps what its pods start from in the config map, beside ours', () => {
    const foreignConfig = { 'redis.conf': 'old' };
    const object = build({ foreignConfig }).find(({ kind }) => kind === 'ConfigMap');
    assert.ok(object && 'data' in object && isRecord(object.data));
    assert.deepEqual(Object.keys(object.data).sort(), [
      'redis-with-login.conf',
      'redis-without-login.conf',
      'redis.conf',
      'start-redis.sh',
    ]);
    const without = build().find(({ kind }) => kind === 'ConfigMap');
    assert.notEqual(object.metadata?.annotations?.[APPLIED_HASH], without?.metadata?.annotations?.[APPLIED_HASH]);
  });

  test('remembers which labels in its template are from the failover, for as long as it has that template', () => {
    assert.equal(inherited({ team: 'red', tier: 'gold' }), 'team');
    assert.equal(inherited({}, 'team'), 'team');
    assert.equal(inherited({}), undefined);
    assert.equal(inherited({ team: 'red' }, 'team', TOLERATION), undefined);
  });

  test('keeps its image while the spec names none, also in a new template', () => {
    const images = defaultImageOf(live(undefined, 'redis:6.2.6-alpine'), 'redis');
    assert.deepEqual(images, { redis: 'redis:6.2.6-alpine' });
    const { metadata } = failover();
    const { spec, defaultImages } = withDefaults({ metadata, spec: {} }, images);
    assert.deepEqual([spec.redis.image, spec.sentinel.image], ['redis:6.2.6-alpine', IMAGE]);
    assert.equal(defaultImages.redis, 'redis:6.2.6-alpine');
  });
});
