/** How a failover leaves the Redis outside that it has followed: `spec.bootstrapNode` is removed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blank, FOLLOWERS, follower, left, promoted, SYNCED, TOLD, unlinked } from './bootstrap-fixtures.ts';
import { summary, type Table } from './decide-summary.ts';
import { AT, observation, redisPod, unreachable } from './fixtures.ts';

const ALONE = { spec: { sentinel: { enabled: false } } };
const LEAVING: Table = {
  'the pod that has received most is promoted': {
    seen: left({ redis: [follower(0), follower(1, { offset: 1200 }), follower(2, { offset: 1100 })] }),
    expected: ['promote rfr-test-1'],
  },
  'also when the source is gone': {
    seen: left({ redis: [unlinked(0), unlinked(1), unlinked(2, { offset: 1001 })] }),
    expected: ['promote rfr-test-2'],
  },
  'one that still follows another source is not compared by its offset': {
    seen: left({ redis: [follower(0), follower(1, { masterHost: '192.0.2.9', offset: 9000 }), follower(2)] }),
    expected: ['promote rfr-test-0'],
  },
  'no blank pod is promoted while another one receives the data': {
    seen: left({
      status: { bootstrap: TOLD },
      redis: [
        follower(0, { ...blank, syncing: true, linkUp: false }),
        unlinked(1, blank),
        follower(2, { ...blank, syncing: true, loading: true, linkUp: false }),
      ],
    }),
    expected: [],
  },
  'not even after a long time': {
    seen: left({
      status: { bootstrap: TOLD, conditions: [lostAgo(600_000)] },
      redis: [unlinked(0, blank), follower(1, { ...blank, syncing: true, linkUp: false }), unlinked(2, blank)],
    }),
    expected: [],
  },
  'one that receives the data again is waited for at first': {
    seen: left({ redis: [unlinked(0), follower(1, { syncing: true, linkUp: false }), unlinked(2)] }),
    expected: [],
  },
  'and then given up for one that has data': {
    seen: left({
      status: { bootstrap: SYNCED, conditions: [lostAgo(60_000)] },
      redis: [unlinked(0), follower(1, { syncing: true, linkUp: false }), unlinked(2)],
    }),
    expected: ['promote rfr-test-0'],
  },
  'where nobody ever received anything it is a new failover': {
    seen: left({ status: { bootstrap: TOLD }, redis: [0, 1, 2].map((ordinal) => unlinked(ordinal, blank)) }),
    expected: ['promote rfr-test-0'],
  },
  'a pod that does not answer and may have newer data is waited for': {
    seen: left({ redis: [unlinked(0, blank), redisPod(1, { roleLabel: 'slave', answer: unreachable('timeout') })] }),
    expected: [],
  },
  'a promoted pod is not promoted again after a crash of the operator: the others log in and follow': {
    seen: left({
      redis: [promoted(0), follower(1, { upstreamLogin: 'wrong' }), follower(2, { upstreamLogin: 'wrong' })],
    }),
    expected: [
      'label rfr-test-0 master',
      'log-in rfr-test-1',
      'log-in rfr-test-2',
      'replicate rfr-test-1 10.0.0.1',
      'replicate rfr-test-2 10.0.0.1',
    ],
  },
  'nobody logs in as a member before there is a master': {
    seen: left({
      redis: [unlinked(0, { upstreamLogin: 'wrong' }), follower(1, { ...blank, syncing: true, linkUp: false })],
    }),
    expected: [],
  },
  'replicas of the new master may be elected again': {
    seen: left({
      status: { bootstrap: SYNCED, master: { pod: 'rfr-test-0', address: '', replicationId: 'history' } },
      redis: [
        redisPod(0),
        ...[1, 2].map((ordinal) => redisPod(ordinal, { answer: { priority: 0, upstreamLogin: 'right' } })),
      ],
      sentinels: observation().sentinels,
    }),
    expected: ['rank rfr-test-1', 'rank rfr-test-2'],
  },
  'without Sentinels nobody is promoted before the status names the pod': {
    seen: left({ ...ALONE, redis: FOLLOWERS }),
    expected: [],
  },
  'then that one is': {
    seen: left({ ...ALONE, status: { bootstrap: SYNCED, elected: 'rfr-test-0' }, redis: FOLLOWERS }),
    expected: ['promote rfr-test-0'],
  },
};

function lostAgo(ms: number) {
  const lastTransitionTime = new Date(AT - ms).toISOString();
  return { type: 'MasterAvailable', status: 'False', reason: 'NoMaster', message: '', lastTransitionTime } as const;
}

describe('a Redis outside is followed no more', () => {
  for (const [sentence, { seen, expected }] of Object.entries(LEAVING))
    test(sentence, () => assert.deepEqual(summary(seen), expected));
});
