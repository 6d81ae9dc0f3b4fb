/** The labels of a RedisFailover on its pods. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { INHERITED_ANNOTATION } from '../api/names.ts';
import type { RedisFailover } from '../api/types.ts';
import { decide } from './decide.ts';
import { AT, allSentinels, FAILOVER, observation, redisPod, sentinelPod, unreachable } from './fixtures.ts';
import { fingerprint } from './objects/applied-hash.ts';
import type { LabelFacts, Observation } from './observation.ts';
import { inheritanceOf, labelChange } from './pod-labels.ts';

type Labels = Readonly<Record<string, string>>;

const labelled = (labels: Labels, labelWhitelist?: readonly string[]): RedisFailover => ({
  ...FAILOVER,
  metadata: { ...FAILOVER.metadata, labels },
  spec: { ...(labelWhitelist && { labelWhitelist: [...labelWhitelist] }) },
});

/** By key: to set, or to take where it is `null`; and the keys that are remembered. Undefined where nothing is to be done. */
type Change = readonly [labels: Readonly<Record<string, string | null>>, inherited: readonly string[]] | undefined;

type Case = {
  readonly failover: RedisFailover;
  readonly pod: LabelFacts;
  readonly children?: Partial<Observation['children']>;
  readonly change: Change;
};

const NEW: LabelFacts = { labels: { 'app.kubernetes.io/name': 'test' }, inherited: [] };
const BLUE: LabelFacts = { labels: { team: 'blue', own: 'mine' }, inherited: ['team'] };
const SELECTING = { metadata: {}, spec: { selector: { matchLabels: { tier: 'redis' } }, template: {} } };

const CASES: Readonly<Record<string, Case>> = {
  'a new pod gets them, with a memory of their keys': {
    failover: labelled({ tier: 'gold', team: 'blue' }),
    pod: NEW,
    change: [{ tier: 'gold', team: 'blue' }, ['team', 'tier']],
  },
  'a pod that has them is left alone': { failover: labelled({ team: 'blue' }), pod: BLUE, change: undefined },
  'a pod that is to have none is left alone': { failover: labelled({}), pod: NEW, change: undefined },
  'a value that changed is changed, and what is not ours stays': {
    failover: labelled({ team: 'red' }),
    pod: BLUE,
    change: [{ team: 'red' }, ['team']],
  },
  'a label that the failover has no more is taken, and what is not ours stays': {
    failover: labelled({}),
    pod: BLUE,
    change: [{ team: null }, []],
  },
  'so is one that the whitelist lets through no more': {
    failover: labelled({ team: 'blue', tier: 'gold' }, ['^ti']),
    pod: BLUE,
    change: [{ team: null, tier: 'gold' }, ['tier']],
  },
  'one that somebody took already is only forgotten': {
    failover: labelled({}),
    pod: { labels: { own: 'mine' }, inherited: ['team'] },
    change: [{}, []],
  },
  'one that the pod was never given is not taken, whoever it is from': {
    failover: labelled({}),
    pod: { labels: { team: 'blue' }, inherited: [] },
    change: undefined,
  },
  'one that the pod has from the template of another operator is inherited from then on': {
    failover: labelled({ team: 'blue' }),
    pod: { labels: { team: 'blue' }, inherited: [] },
    change: [{}, ['team']],
  },
  'and gets another value like any other': {
    failover: labelled({ team: 'red' }),
    pod: { labels: { team: 'blue' }, inherited: [] },
    change: [{ team: 'red' }, ['team']],
  },
  'what a workload or a Service finds its pods by is never set': {
    failover: labelled({
      'app.kubernetes.io/name': 'chart',
      'app.kubernetes.io/part-of': 'shop',
      'app.kubernetes.io/component': 'cache',
      'app.kubernetes.io/managed-by': 'Helm',
      'redisfailovers.databases.spotahome.com/name': 'other',
      'redisfailovers-role': 'master',
      'pod-template-hash': 'a',
      'controller-revision-hash': 'b',
      'statefulset.kubernetes.io/pod-name': 'c',
      'apps.kubernetes.io/pod-index': '7',
      'app.kubernetes.io/instance': 'shop',
    }),
    pod: NEW,
    change: [{ 'app.kubernetes.io/instance': 'shop' }, ['app.kubernetes.io/instance']],
  },
  'nor is what the selector of another operator asks for': {
    failover: labelled({ tier: 'gold' }),
    pod: { labels: { tier: 'redis' }, inherited: [] },
    children: { deployment: SELECTING },
    change: undefined,
  },
  'none of these is taken, also when the memory was edited by hand': {
    failover: labelled({}),
    pod: {
      labels: { 'app.kubernetes.io/component': 'redis', tier: 'redis' },
      inherited: ['app.kubernetes.io/component', 'tier'],
    },
    children: { deployment: SELECTING },
    change: [{}, []],
  },
  'a pod made anew from the template of another operator loses what the failover lost since': {
    failover: labelled({ tier: 'gold' }),
    pod: { labels: { team: 'blue', own: 'mine' }, inherited: [] },
    children: { statefulSet: { metadata: { annotations: { [INHERITED_ANNOTATION]: 'team,tier' } } } },
    change: [{ team: null, tier: 'gold' }, ['tier']],
  },
  'a key that every JavaScript object has is a key like any other': {
    failover: labelled({ constructor: 'us' }),
    pod: { labels: {}, inherited: ['valueOf'] },
    change: [{ constructor: 'us' }, ['constructor']],
  },
};

describe('the labels of a RedisFailover on a pod', () => {
  for (const [sentence, { failover, pod, children, change }] of Object.entries(CASES)) {
    test(sentence, () => {
      const { children: base, failover: defaulted } = observation({ failover });
      const now = labelChange(
        pod,
        inheritanceOf(defaulted, { children: { ...base, ...children }, component: 'redis' }),
      );
      assert.deepEqual(now && [now.labels, now.inherited], change);
    });
  }
});

const RED = { labels: { team: 'red' }, inherited: ['team'] };

/** Pods that are given labels, and the time after which the others are looked at. */
const decided = (seen: Parameters<typeof observation>[0]) => {
  const { actions, recheckMs } = decide(observation({ failover: labelled({ team: 'red' }), ...seen })).plan;
  return { pods: actions.flatMap((one) => (one.kind === 'inherit-labels' ? [one.target.pod] : [])), recheckMs };
};

/** What is said of a pod that is given labels. */
const words = (labelling: LabelFacts): string | undefined => {
  const seen = observation({ failover: labelled({ team: 'red' }), redis: [redisPod(0, { labelling })] });
  return decide(seen).plan.actions.find(({ kind }) => kind === 'inherit-labels')?.why.message;
};

describe('pods are given the labels of their RedisFailover', () => {
  test('those of both components, as soon as they are seen', () => {
    const unscheduled = { phase: 'Pending', ready: false, ip: undefined, answer: unreachable('no-address') } as const;
    const redis = [redisPod(0, { labelling: RED }), redisPod(1), redisPod(2, unscheduled)];
    const sentinels = [sentinelPod(0), sentinelPod(1, { labelling: RED }), sentinelPod(2, unscheduled)];
    assert.deepEqual(decided({ redis, sentinels }).pods, ['rfr-test-1', 'rfr-test-2', 'rfs-test-0', 'rfs-test-2']);
  });

  test('where there are no Sentinels, too', () => {
    const failover: RedisFailover = { ...labelled({ team: 'red' }), spec: { sentinel: { enabled: false } } };
    assert.equal(decided({ failover, sentinels: [] }).pods.length, 3);
  });

  test('not again at once when somebody else undoes it, but soon', () => {
    const redis = [redisPod(0), redisPod(1, { labelling: RED }), redisPod(2, { labelling: RED })];
    const given = (asked: object, agoMs: number) => {
      const labelsGiven = new Map([['uid-rfr-test-0', { asked: fingerprint(asked), at: AT - agoMs }]]);
      return decided({ redis, sentinels: allSentinels({ labelling: RED }), labelsGiven });
    };
    assert.deepEqual(given({ team: 'red' }, 1000), { pods: [], recheckMs: 9000 });
    assert.deepEqual(given({ team: 'red' }, 10_000).pods, ['rfr-test-0']);
    assert.deepEqual(given({ team: 'blue' }, 0).pods, ['rfr-test-0']);
  });

  test('in words that name the keys and no value', () => {
    assert.equal(words({ labels: { old: 'x' }, inherited: ['old'] }), 'rfr-test-0: labels old, team');
    assert.equal(
      words({ labels: { team: 'red' }, inherited: [] }),
      "rfr-test-0: its labels team are the RedisFailover's",
    );
  });
});
