import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SURGE_ANNOTATION } from '../api/names.ts';
import { decide } from './decide.ts';
import { redisPod, unreachable } from './fixtures.ts';
import { statusOf } from './status.ts';
import { broken, decidedIn, type Expected, follower, masterPod, stale, type World, world } from './surge-fixtures.ts';

/** The priority of a pod that is there for the roll only. */
const LAST = { answer: { priority: 101 } } as const;
const LEAVES = { answer: { priority: 0 } } as const;

const TABLE: Readonly<Record<string, World & Omit<Expected, 'surge'>>> = {
  'a single Redis gets a second one before anything is replaced': {
    asked: 1,
    live: 1,
    redis: [redisPod(0, stale)],
    replicas: 2,
  },
  'two get a third': {
    asked: 2,
    live: 2,
    redis: [redisPod(0, stale), redisPod(1, stale)],
    replicas: 3,
  },
  'three get none': {
    asked: 3,
    live: 3,
    redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2, stale)],
    replicas: 3,
    does: ['delete-pod rfr-test-2'],
  },
  'nor does a Redis that finds its data on a volume again': {
    asked: 2,
    live: 2,
    onVolumes: true,
    redis: [redisPod(0, stale), redisPod(1, stale)],
    replicas: 2,
    does: ['delete-pod rfr-test-1'],
  },
  'none is added where no master serves: there is nothing to keep': {
    asked: 1,
    live: 1,
    redis: [broken(0, stale)],
    replicas: 1,
    does: ['delete-pod rfr-test-0'],
  },
  'none is added while the roll is paused': {
    asked: 1,
    live: 1,
    paused: true,
    redis: [redisPod(0, stale)],
    replicas: 1,
  },
  'one that is there already stays while the roll is paused': {
    asked: 1,
    live: 2,
    annotated: true,
    paused: true,
    redis: [redisPod(0, stale), follower(1, 0, LAST)],
    replicas: 2,
  },
  'the new one may be elected, after all others': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 2,
    does: ['rank rfr-test-1', 'hand-over rfr-test-0'],
  },
  'the single Redis hands over to it': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0, LAST)],
    replicas: 2,
    does: ['hand-over rfr-test-0'],
  },
  'then it is replaced': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1, stale), masterPod(1)],
    replicas: 2,
    does: ['delete-pod rfr-test-0'],
  },
  'the second one stays while the first is away': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [masterPod(1)],
    replicas: 2,
  },
  'and until the first has the data': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1, { answer: { linkUp: false, syncing: true } }), masterPod(1)],
    replicas: 2,
    does: ['rank rfr-test-0'],
  },
  'then it hands over': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1), masterPod(1)],
    replicas: 2,
    does: ['hand-over rfr-test-1'],
  },
  'and leaves once the first is master again': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [masterPod(0), follower(1, 0, LEAVES)],
    replicas: 1,
  },
  'the pods of two are replaced in their turn, the third is master only if it must': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), follower(2, 0, LAST)],
    replicas: 3,
    does: ['delete-pod rfr-test-1'],
  },
  'the third stays while the last of two is away': {
    asked: 2,
    live: 3,
    annotated: true,
    master: 1,
    redis: [masterPod(1), follower(2, 1, LAST)],
    replicas: 3,
  },
  'a revert before anything was replaced takes the new one away': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0), follower(1, 0, { ...stale, ...LEAVES })],
    replicas: 1,
  },
  'a revert while the new one is master replaces nothing in vain': {
    asked: 1,
    live: 2,
    annotated: true,
    master: 1,
    redis: [follower(0, 1), masterPod(1, { ...stale, ...LEAVES })],
    replicas: 2,
    does: ['hand-over rfr-test-1'],
  },
  'a broken new template costs nothing': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), broken(1)],
    replicas: 2,
  },
  'and can be mended': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), broken(1, stale)],
    replicas: 2,
    does: ['delete-pod rfr-test-1'],
  },
  'a user who asks for more meanwhile gets the new one for good': {
    asked: 3,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 3,
  },
  'of two for two one more is made': {
    asked: 2,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 3,
  },
  'a scale-down to one goes down to two first': {
    asked: 1,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), follower(1, 0, LAST), follower(2, 0, LEAVES)],
    replicas: 2,
  },
  'a scale-down without a roll leaves nobody behind for the sake of the others': {
    asked: 2,
    live: 3,
    redis: [redisPod(0), broken(1), follower(2, 0, LEAVES)],
    replicas: 2,
  },
  'when the first dies during the roll the new one may take over': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, { ...stale, answer: unreachable('timeout') }), follower(1, 0, LAST)],
    replicas: 2,
  },
};

describe('a roll with one Redis more', () => {
  for (const [sentence, { replicas, does = [], ...row }] of Object.entries(TABLE)) {
    const surge = replicas > row.asked && { surge: 'true' };
    test(sentence, () => assert.deepEqual(decidedIn(row), { replicas, does, ...surge }));
  }

  test('is not over for the status while the first is away', () => {
    const { situation, plan } = decide(world({ asked: 1, live: 2, annotated: true, master: 1, redis: [masterPod(1)] }));
    const { phase, conditions } = statusOf(situation, plan, []);
    assert.equal(phase, 'Updating');
    assert.equal(
      conditions?.find(({ type }) => type === 'Ready')?.message,
      'waiting for 1 more Redis pods to be ready',
    );
  });

  test('keeps the StatefulSet from being told apart by its number alone', () => {
    const { plan } = decide(world({ asked: 1, live: 1, redis: [redisPod(0, stale)] }));
    const set = plan.actions
      .flatMap((action) => (action.kind === 'apply' ? action.object : []))
      .find(({ kind }) => kind === 'StatefulSet');
    assert.equal(set?.metadata?.annotations?.[SURGE_ANNOTATION], 'true');
  });
});
