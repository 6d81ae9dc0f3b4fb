import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { componentLabels } from '../../api/names.ts';
import { claimTemplateChange } from './claim-template-change.ts';
import { claimWordsPatch } from './claim-words.ts';
import { claimTemplates } from './claims.ts';
import { failover } from './fixtures.ts';

type Words = Readonly<Record<string, string>>;
type Metadata = { readonly labels?: Words; readonly annotations?: Words };

const OURS = componentLabels('test', 'redis');
const spec = { resources: { requests: { storage: '1Gi' } } };
const asking = (metadata: Metadata, storage = '1Gi') =>
  failover({
    redis: {
      storage: { persistentVolumeClaim: { metadata, spec: { resources: { requests: { storage } } } } },
    },
  });
const written = ({ labels = {}, annotations = {} }: Metadata) => ({
  metadata: { name: 'claim', resourceVersion: '7', labels: { ...labels }, annotations: { ...annotations } },
  spec,
});

type Case = { wanted: Metadata; before: Metadata; live: Metadata; patch: object | undefined };

const CASES: Readonly<Record<string, Case>> = {
  'a claim as the spec has it is left alone': {
    wanted: { labels: { a: '1' } },
    before: { labels: { ...OURS, a: '1' } },
    live: { labels: { ...OURS, a: '1' } },
    patch: undefined,
  },
  'what is new or another is written': {
    wanted: { labels: { a: '2' }, annotations: { b: '1' } },
    before: { labels: { ...OURS, a: '1' } },
    live: { labels: { ...OURS, a: '1' } },
    patch: { labels: { a: '2' }, annotations: { b: '1' } },
  },
  'what the template had and the spec has no more goes': {
    wanted: {},
    before: { labels: { ...OURS, a: '1' }, annotations: { b: '1' } },
    live: { labels: { ...OURS, a: '1' }, annotations: { b: '1' } },
    patch: { labels: { a: null }, annotations: { b: null } },
  },
  'unless somebody has changed it since': {
    wanted: {},
    before: { annotations: { b: '1' } },
    live: { annotations: { b: '2' } },
    patch: undefined,
  },
  'what others add stays': {
    wanted: {},
    before: {},
    live: { labels: { x: 'y' }, annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
    patch: undefined,
  },
  'our labels stay ours': {
    wanted: { labels: { 'app.kubernetes.io/name': 'mine' } },
    before: { labels: OURS },
    live: { labels: OURS },
    patch: undefined,
  },
};

describe('labels and annotations of a claim:', () => {
  for (const [sentence, { wanted, before, live, patch }] of Object.entries(CASES)) {
    test(sentence, () => {
      const change = claimWordsPatch(asking(wanted), { claim: written(live), template: written(before) });
      assert.deepEqual(change, patch && { metadata: { resourceVersion: '7', ...patch } });
    });
  }
});

describe('a claim template', () => {
  const live = [...claimTemplates(asking({ labels: { a: '1' }, annotations: { b: '1' } }))];
  const same = { labels: { a: '1' }, annotations: { b: '1' } };

  test('stays while the spec asks for the same, in whatever unit', () => {
    assert.equal(claimTemplateChange(asking(same, '1024Mi'), live), undefined);
  });

  test('is another when the size, a label or an annotation is', () => {
    assert.equal(claimTemplateChange(asking(same, '2Gi'), live), 'size');
    assert.equal(claimTemplateChange(asking({ ...same, labels: {} }), live), 'labels');
    assert.equal(claimTemplateChange(asking({ ...same, annotations: { b: '2' } }), live), 'annotations');
  });

  test('of spotahome, without our labels and with an owner of its own, stays', () => {
    const [{ metadata, ...rest } = {}] = live;
    const owner = {
      apiVersion: 'databases.spotahome.com/v1',
      kind: 'RedisFailover',
      name: 'test',
      uid: 'failover-uid',
    };
    const theirs = { ...metadata, labels: { a: '1' }, ownerReferences: [{ ...owner, controller: true }] };
    assert.equal(claimTemplateChange(asking(same), [{ ...rest, metadata: theirs }]), undefined);
  });
});
