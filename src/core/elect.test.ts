import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { bestOf, type Candidate, isBlank, isStale } from './elect.ts';
import { redisPod } from './fixtures.ts';
import type { RedisAnswer } from './observation.ts';

const LAST = { pod: 'rfr-test-0', address: '10.0.0.1:6379', replicationId: 'last' };

const candidate = (name: string, change: Partial<RedisAnswer>): Candidate => {
  const { answer } = redisPod(1);
  if (answer.kind !== 'answer') throw new Error('the fixture answers');
  return { name, answer: { ...answer, ...change } };
};

const OLD = candidate('old', { replicationId: 'last', offset: 900 });
const NEWER = candidate('newer', { replicationId: 'last', offset: 950 });
const DESCENDANT = candidate('descendant', { replicationId: 'next', secondReplicationId: 'last', offset: 10 });
const STRANGER = candidate('stranger', { replicationId: 'other', offset: 9_999 });
const BLANK = candidate('blank', { replicationId: 'fresh', offset: 0, keys: 0 });
const NEVER = candidate('never', { replicationId: 'last', offset: 990, priority: 0 });

/** As a process has it that just started from files. */
const STARTED = { masterHost: '127.0.0.1', linkUp: false } as const;
const EMPTIED = candidate('emptied', { replicationId: 'other', offset: 5_000, keys: 0 });
const FLUSHED = candidate('flushed', { replicationId: 'last', offset: 900, keys: 0 });
const STRANGER_WITH_LESS = candidate('stranger-with-less', { replicationId: 'third', offset: 100 });
const APPENDED = candidate('rfr-test-0', { ...STARTED, replicationId: 'fresh', offset: 0 });
const ANOTHER_APPENDED = candidate('appended', { ...STARTED, replicationId: 'fresh-too', offset: 0 });
const SNAPSHOT = candidate('snapshot', { ...STARTED, replicationId: 'last', offset: 700 });
const SNAPSHOT_OF_LESS = candidate('snapshot-of-less', { ...STARTED, replicationId: 'last', offset: 600 });
const RECEIVING = candidate('receiving', { replicationId: 'last', offset: 100, linkUp: false, priority: 0 });

const TABLE: Readonly<Record<string, readonly [readonly Candidate[], string]>> = {
  'the higher offset of the same history': [[OLD, NEWER], 'newer'],
  'the descendant of the last history, whatever its offset': [[NEWER, DESCENDANT], 'descendant'],
  'the last history before a stranger with more': [[STRANGER, OLD], 'old'],
  'a stranger with data before nothing': [[BLANK, STRANGER], 'stranger'],
  'nothing, if there is nothing else': [[BLANK], 'blank'],
  'keys before none, where the histories say nothing': [[EMPTIED, STRANGER_WITH_LESS], 'stranger-with-less'],
  'nothing of the last history before anything of another': [[FLUSHED, STRANGER], 'flushed'],
  'who kept up before the pod of the last master, if that lost its history': [[APPENDED, OLD], 'old'],
  'the pod of the last master without a history before an old snapshot of it': [[SNAPSHOT, APPENDED], 'rfr-test-0'],
  'an old snapshot before another pod without a history': [[ANOTHER_APPENDED, SNAPSHOT], 'snapshot'],
  'of pods that lost their history that of the last master': [[ANOTHER_APPENDED, APPENDED], 'rfr-test-0'],
  'not one that was receiving its data when the master was lost': [[RECEIVING, SNAPSHOT_OF_LESS], 'snapshot-of-less'],
  'not the one that is never to be master': [[NEVER, OLD], 'old'],
};

const shuffled = (count: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray([...Array(count).keys()], { minLength: count, maxLength: count });

describe('the best data is', () => {
  for (const [sentence, [candidates, expected]] of Object.entries(TABLE)) {
    test(sentence, () => assert.equal(bestOf(candidates, LAST)?.name, expected));
  }

  test('provably old only if it has a history and that is not the last one', () => {
    const stale = [OLD, DESCENDANT, STRANGER, APPENDED, ANOTHER_APPENDED].filter((one) => isStale(one, LAST));
    assert.deepEqual(stale, [STRANGER]);
    assert.equal(isStale(STRANGER, undefined), false);
  });

  test('the same in whatever order the pods are listed, and never blank beside data', () => {
    const answers = fc.record({
      replicationId: fc.constantFrom('last', 'next', 'other'),
      secondReplicationId: fc.constantFrom('last', 'none'),
      offset: fc.integer({ min: 0, max: 3 }),
      keys: fc.integer({ min: 0, max: 1 }),
      priority: fc.constantFrom(0, 50, 100),
    });
    const cases = fc
      .array(answers, { minLength: 1, maxLength: 5 })
      .chain((list) => fc.record({ list: fc.constant(list), order: shuffled(list.length) }));
    fc.assert(
      fc.property(cases, ({ list, order }) => {
        const pods = list.map((answer, index) => candidate(`pod-${index}`, answer));
        const best = bestOf(pods, LAST);
        assert.equal(
          bestOf(
            order.flatMap((index) => pods[index] ?? []),
            LAST,
          )?.name,
          best?.name,
        );
        if (best !== undefined && isBlank(best.answer)) assert.ok(pods.every((pod) => isBlank(pod.answer)));
      }),
    );
  });
});
