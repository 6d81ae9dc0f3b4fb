import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from './decide.ts';
import { redisPod } from './fixtures.ts';
import { surgeFor } from './rules/surge.ts';
import { broken, decidedIn, type Expected, follower, stale, unplaced, type World, world } from './surge-fixtures.ts';

const TABLE: Readonly<Record<string, World & Expected>> = {
  'the roll of two waits for a node with room for the third': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), unplaced(2, 119)],
    replicas: 3,
    surge: 'true',
  },
  'and goes on without it after two minutes': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), unplaced(2, 120)],
    replicas: 2,
    surge: 'no-room',
  },
  'once it is gone': {
    asked: 2,
    live: 2,
    annotated: 'no-room',
    redis: [redisPod(0, stale), redisPod(1, stale)],
    replicas: 2,
    surge: 'no-room',
    does: ['delete-pod rfr-test-1'],
  },
  'to the last of the two': {
    asked: 2,
    live: 2,
    annotated: 'no-room',
    redis: [redisPod(0, stale), follower(1, 0)],
    replicas: 2,
    surge: 'no-room',
    does: ['hand-over rfr-test-0'],
  },
  'the next roll tries again': {
    asked: 2,
    live: 2,
    annotated: 'no-room',
    redis: [redisPod(0), follower(1, 0)],
    replicas: 2,
  },
  'one that was made meanwhile, and is slow, is waited for': {
    asked: 2,
    live: 3,
    annotated: true,
    redis: [redisPod(0, stale), redisPod(1, stale), broken(2, { createdAt: 0 })],
    replicas: 3,
    surge: 'true',
  },
  'a single Redis is never replaced without it': {
    asked: 1,
    live: 2,
    annotated: true,
    redis: [redisPod(0, stale), unplaced(1, 3_600)],
    replicas: 2,
    surge: 'true',
  },
};

describe('where no node has room for one Redis more', () => {
  for (const [sentence, { does = [], replicas, surge, ...row }] of Object.entries(TABLE)) {
    const expected = { replicas, does, ...(surge !== undefined && { surge }) };
    test(sentence, () => assert.deepEqual(decidedIn(row), expected));
  }

  test('remembers that there is no room while the StatefulSet controller has not seen the latest spec', () => {
    const seen = world({ asked: 2, live: 2, annotated: 'no-room', redis: [redisPod(0, stale), redisPod(1, stale)] });
    const { statefulSet } = seen.children;
    const unseen = { ...statefulSet, metadata: { ...statefulSet?.metadata, generation: 2 } };
    const { situation } = decide({ ...seen, children: { ...seen.children, statefulSet: unseen } });
    assert.equal(surgeFor(situation, 2), 'no-room');
  });

  test('is said in the Event of every pod that goes without it', () => {
    const messages = [
      [redisPod(0, stale), redisPod(1, stale)],
      [redisPod(0, stale), follower(1, 0)],
    ].map((redis) =>
      decide(world({ asked: 2, live: 2, annotated: 'no-room', redis })).plan.actions.flatMap((action) =>
        action.kind === 'delete-pod' || action.kind === 'hand-over' ? action.why.message : [],
      ),
    );
    for (const [message, ...others] of messages) {
      assert.match(message ?? '', /no node has room for an extra pod/);
      assert.deepEqual(others, []);
    }
  });
});
