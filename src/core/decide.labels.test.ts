/** The labels of the RedisFailover that its pods get. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { summary } from './decide-summary.ts';
import { allSentinels, FAILOVER, observation, redisPod, sentinelPod } from './fixtures.ts';
import type { Observation, PodFacts } from './observation.ts';

type Labelled = Partial<Pick<PodFacts, 'labels' | 'inherited' | 'deleting'>>;
type World = {
  /** Of the RedisFailover. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly labelWhitelist?: readonly string[];
  /** What every pod has, and what the first Redis has instead. */
  readonly all?: Labelled;
  readonly first?: Labelled;
};

const world = ({ labels = {}, labelWhitelist, all = {}, first = all }: World): Observation =>
  observation({
    failover: {
      ...FAILOVER,
      metadata: { ...FAILOVER.metadata, labels },
      spec: { ...(labelWhitelist && { labelWhitelist }) },
    },
    redis: [redisPod(0, first), redisPod(1, all), redisPod(2, all)],
    sentinels: allSentinels(all),
  });

const blue = { labels: { team: 'blue', theirs: 'x' }, inherited: ['team'] };
const others = ['rfr-test-1', 'rfr-test-2', 'rfs-test-0', 'rfs-test-1', 'rfs-test-2'];
const everyPod = (change: string): readonly string[] =>
  ['rfr-test-0', ...others].map((pod) => `inherit-labels ${pod} ${change}`);

const TABLE: Readonly<Record<string, readonly [world: World, expected: readonly string[]]>> = {
  'every pod of both kinds gets them': [{ labels: { team: 'blue' } }, everyPod('team')],
  once: [{ labels: { team: 'blue' }, all: blue }, []],
  'a new pod gets them alone': [{ labels: { team: 'blue' }, all: blue, first: {} }, ['inherit-labels rfr-test-0 team']],
  'a changed value is written': [{ labels: { team: 'red' }, all: blue }, everyPod('team')],
  'a label that the RedisFailover lost is taken away, those of others stay': [{ all: blue }, everyPod('team-')],
  'so is one that is not let through any more': [
    { labels: { team: 'blue', tier: 'gold' }, labelWhitelist: ['tier'], all: blue },
    everyPod('tier team-'),
  ],
  'one that the template of spotahome brought is recorded, so that it can go later': [
    { labels: { team: 'blue' }, all: blue, first: { labels: { team: 'blue' }, inherited: [] } },
    ['inherit-labels rfr-test-0 team'],
  ],
  'a value changed by hand is put right': [
    { labels: { team: 'blue' }, all: blue, first: { ...blue, labels: { team: 'green' } } },
    ['inherit-labels rfr-test-0 team'],
  ],
  'a pod that ends gets none': [{ labels: { team: 'blue' }, all: blue, first: { deleting: true } }, []],
  'none by which controllers, Services and budgets find pods': [
    {
      labels: {
        'app.kubernetes.io/name': 'x',
        'app.kubernetes.io/component': 'x',
        'app.kubernetes.io/part-of': 'x',
        'app.kubernetes.io/managed-by': 'Helm',
        'redisfailovers.databases.spotahome.com/name': 'x',
        'redisfailovers-role': 'master',
        'controller-revision-hash': 'x',
        'pod-template-hash': 'x',
        'statefulset.kubernetes.io/pod-name': 'x',
        'apps.kubernetes.io/pod-index': 'x',
      },
    },
    [],
  ],
};

describe('of the labels of the RedisFailover', () => {
  for (const [sentence, [seen, expected]] of Object.entries(TABLE)) {
    test(sentence, () => {
      const labelling = summary(world(seen)).filter((action) => action.startsWith('inherit-labels'));
      assert.deepEqual(labelling, expected);
    });
  }

  test('pods get them before there is a master', () => {
    const { failover, ...rest } = world({ labels: { team: 'blue' } });
    const seen = { ...rest, failover, redis: [], sentinels: [sentinelPod(0)] };
    assert.deepEqual(
      summary(seen).filter((action) => action.startsWith('inherit')),
      ['inherit-labels rfs-test-0 team'],
    );
  });
});
