import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, PodTemplateSpec, ResourceRequirements } from 'kubernetes-types/core/v1.js';
import { asksFor, merged, resizeBetween } from './resize.ts';

const SMALL: ResourceRequirements = { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '128Mi' } };

const template = (resources: ResourceRequirements, redis: Partial<Container> = {}): PodTemplateSpec => ({
  metadata: { labels: { app: 'redis' } },
  spec: {
    nodeSelector: {},
    containers: [
      { name: 'redis', image: 'redis:8', resources, ...redis },
      { name: 'exporter', image: 'exporter:1', resources: { limits: { memory: '16Mi' } } },
    ],
  },
});
const EXPORTER = { limits: { memory: '16Mi' }, requests: { memory: '16Mi' } };

/** From what to what, and the resources of container redis after a resize; none where it takes a new pod. */
const TABLE: Readonly<Record<string, readonly [PodTemplateSpec, PodTemplateSpec, ResourceRequirements | undefined]>> = {
  'more of everything': [
    template(SMALL),
    template({ requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } }),
    { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
  ],
  'what has a limit and no request asks for the limit, as in a new pod': [
    template({ limits: { memory: '128Mi' } }),
    template({ limits: { memory: '64Mi' } }),
    { requests: { memory: '64Mi' }, limits: { memory: '64Mi' } },
  ],
  'a limit that was not there': [
    template(SMALL),
    template({ ...SMALL, limits: { cpu: '1', memory: '128Mi' } }),
    { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  ],
  'a limit that is taken out': [template(SMALL), template({ ...SMALL, limits: {} }), undefined],
  'all resources taken out': [template(SMALL), template({}), undefined],
  'another resource than cpu and memory': [
    template(SMALL),
    template({ ...SMALL, limits: { memory: '128Mi', 'ephemeral-storage': '1Gi' } }),
    undefined,
  ],
  'another image, too': [template(SMALL), template({ requests: { cpu: '1' } }, { image: 'redis:9' }), undefined],
  'a label, too': [
    template(SMALL),
    { ...template(SMALL), metadata: { labels: { app: 'redis', team: 'blue' } } },
    undefined,
  ],
  'something taken out, too': [
    template(SMALL, { env: [{ name: 'A', value: 'b' }] }),
    template({ ...SMALL, limits: { memory: '256Mi' } }),
    undefined,
  ],
  'a container more': [
    template(SMALL),
    {
      ...template(SMALL),
      spec: { containers: [...(template(SMALL).spec?.containers ?? []), { name: 'third', image: 'third:1' }] },
    },
    undefined,
  ],
};

describe('a change of a template as a resize', () => {
  for (const [sentence, [from, to, redis]] of Object.entries(TABLE)) {
    test(`${sentence}: ${redis === undefined ? 'takes a new pod' : 'is one'}`, () => {
      assert.deepEqual(resizeBetween(from, to), redis && { redis, exporter: EXPORTER });
    });
  }

  test('the marker of a stored revision is no difference', () => {
    const stored: object = { ...template(SMALL), $patch: 'replace' };
    assert.deepEqual(resizeBetween(stored, template(SMALL)), { redis: SMALL, exporter: EXPORTER });
  });
});

describe('a pod that asks for resources', () => {
  const wanted = { redis: SMALL };

  test('has them, however they are written', () => {
    assert.ok(
      asksFor({ redis: { requests: { cpu: '0.02', memory: '32768Ki' }, limits: { memory: '128Mi' } } }, wanted),
    );
  });

  test('may have a default of its namespace beside them, which a resize leaves as it is', () => {
    const asked = { redis: { requests: SMALL.requests ?? {}, limits: { memory: '64Mi', cpu: '2' } } };
    assert.ok(!asksFor(asked, wanted));
    const sent = merged(asked, wanted);
    assert.deepEqual(sent, { redis: { requests: SMALL.requests, limits: { memory: '128Mi', cpu: '2' } } });
    assert.ok(asksFor(sent, wanted));
  });

  test('lacks them where it has none', () => assert.ok(!asksFor({}, wanted)));
});
