/** What is done with a Redis that holds what the master never had, when it is to be kept. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DivergenceStatus } from '../api/types.ts';
import { decide } from './decide.ts';
import { summary, type Table } from './decide-summary.ts';
import { AT, BOOTED, FAILOVER, observation, redisPod, sentinelsSee, watched } from './fixtures.ts';
import { nowhere, nowhereMovesInMs } from './nowhere.ts';
import type { Keeping, Observation, RedisAnswer } from './observation.ts';

/** rfr-test-0 was promoted with the first 1000 bytes of the history that rfr-test-2 went on with. */
const PROMOTED = { replicationId: 'new', secondReplicationId: 'history', secondOffset: 1001, offset: 5000 };
const FOLLOWER = redisPod(1, { answer: PROMOTED });
const AHEAD = { offset: 1100, linkUp: false, priority: 0 } as const;
const SECOND: Partial<RedisAnswer> = { ...AHEAD, role: 'master', masterHost: undefined, masterPort: undefined };
const heldSince = (at: number): Partial<RedisAnswer> => {
  const { host, port } = nowhere(at);
  return { ...AHEAD, masterHost: host, masterPort: port };
};
const HELD = heldSince(AT);
const RESTARTED: Partial<RedisAnswer> = { ...BOOTED, ...AHEAD, keys: 10, replicationId: 'history', masterPort: 6379 };
const UNKNOWN = { replicationId: 'foreign' };

const OF = { runId: 'run-2', replicationId: 'history' };
const SAVING: Keeping = { ...OF, state: 'saving', at: AT };
const KEPT: Keeping = { ...OF, state: 'kept' };
const failed = (agoMs: number): Keeping => ({ ...OF, state: 'failed', at: AT - agoMs, error: 'disk full' });
const KNOWN: DivergenceStatus = {
  pod: 'rfr-test-2',
  replicationId: 'history',
  bytes: 100,
  time: '2026-01-01T00:09:00Z',
};
const TOLD = { ...KNOWN, keptAs: 'rfr-test-2:/data/divergent-history.rdb' };

type Seen = {
  readonly keeping?: Keeping;
  readonly divergence?: DivergenceStatus;
  readonly mode?: 'Keep' | 'Discard';
  readonly master?: Partial<RedisAnswer>;
  readonly failover?: 'runs';
};

const seen = (answer: Partial<RedisAnswer>, options: Seen = {}): Observation => {
  const { keeping, divergence, mode = 'Keep', master = {}, failover } = options;
  return observation({
    failover: {
      ...FAILOVER,
      spec: { redis: { divergentData: mode } },
      status: { ...FAILOVER.status, ...(divergence && { divergence }) },
    },
    redis: [redisPod(0, { answer: { ...PROMOTED, ...master } }), FOLLOWER, redisPod(2, { answer })],
    keeping: new Map(keeping && [['uid-rfr-test-2', keeping]]),
    sentinels: sentinelsSee(watched('10.0.0.1', failover && { flags: ['master', 'failover_in_progress'] })),
  });
};

const TABLE: Table = {
  'a second master is told to follow nobody': { seen: seen(SECOND), expected: ['demote rfr-test-2 127.0.0.1'] },
  'also one of unknown history': { seen: seen({ ...SECOND, ...UNKNOWN }), expected: ['demote rfr-test-2 127.0.0.1'] },
  'then it saves': { seen: seen(HELD), expected: ['save-divergent rfr-test-2'] },
  'also after another operator told it to follow nobody, whatever its history': {
    seen: seen({ ...HELD, ...UNKNOWN }),
    expected: ['save-divergent rfr-test-2'],
  },
  'while it saves nothing is done': { seen: seen(HELD, { keeping: SAVING }), expected: [] },
  'saved, it does not follow before the status says so': {
    seen: seen(HELD, { keeping: KEPT, divergence: KNOWN }),
    expected: [],
  },
  'saved and told, it follows the master': {
    seen: seen(HELD, { keeping: KEPT, divergence: TOLD }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
  'one that restarted with its own writes saves, and boots as a replica of nobody anyway': {
    seen: seen(RESTARTED),
    expected: ['save-divergent rfr-test-2'],
  },
  'one that Sentinel already told to follow is stopped': {
    seen: seen(AHEAD),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'and again while it saves': {
    seen: seen(AHEAD, { keeping: SAVING }),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'one that follows nobody for so long that Sentinel would mend it is told again, with another address': {
    seen: seen(heldSince(AT - nowhereMovesInMs(AT - 1)), { keeping: SAVING }),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'so is one that restarted': {
    seen: seen(RESTARTED, { keeping: failed(1_000) }),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'but not once it has saved': { seen: seen(AHEAD, { keeping: KEPT, divergence: TOLD }), expected: [] },
  'one that Sentinel makes follow in a failover that runs is stopped': {
    seen: seen(AHEAD, { failover: 'runs' }),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'and follows without waiting for its end': {
    seen: seen(HELD, { failover: 'runs', keeping: KEPT, divergence: TOLD }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
  'but of two masters it is for Sentinel to say which one stays': {
    seen: seen(SECOND, { failover: 'runs' }),
    expected: [],
  },
  'a replica of a second master is stopped too, before its master takes the data of another': {
    seen: seen({ ...AHEAD, linkUp: true, masterHost: '10.0.0.9' }),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'a save that failed is not tried again at once': { seen: seen(HELD, { keeping: failed(1_000) }), expected: [] },
  'but after half a minute': {
    seen: seen(HELD, { keeping: failed(30_000) }),
    expected: ['save-divergent rfr-test-2'],
  },
  'whatever comes of it, it is kept from following': {
    seen: seen(AHEAD, { keeping: failed(1_000) }),
    expected: ['replicate rfr-test-2 127.0.0.1'],
  },
  'with Discard it follows at once': {
    seen: seen(HELD, { keeping: failed(1_000), mode: 'Discard' }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
  'a second master with nothing of its own just follows': {
    seen: seen({ ...SECOND, offset: 1000 }),
    expected: ['demote rfr-test-2 10.0.0.1'],
  },
  'one without keys has nothing to save': {
    seen: seen({ ...SECOND, keys: 0 }),
    expected: ['demote rfr-test-2 10.0.0.1'],
  },
  'one that restarted with a history that nobody knows is kept, in doubt': {
    seen: seen({ ...RESTARTED, ...UNKNOWN }),
    expected: ['save-divergent rfr-test-2'],
  },
  'one that restarted without a history has nothing to be kept': {
    seen: seen({ ...RESTARTED, ...UNKNOWN, offset: 0 }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
  'one that loads what the master sent has nothing left to save': {
    seen: seen({ ...AHEAD, loading: true }),
    expected: [],
  },
  'a replica in sync is left alone': { seen: seen(PROMOTED), expected: [] },
  'a replica that an empty master would wipe saves': {
    seen: seen({ ...RESTARTED, ...UNKNOWN }, { master: { keys: 0 } }),
    expected: ['save-divergent rfr-test-2'],
  },
  'a second master that an empty one would wipe is left as it is': {
    seen: seen({ ...SECOND, ...UNKNOWN }, { master: { keys: 0 } }),
    expected: [],
  },
};

describe('what the master never had is kept', () => {
  for (const [sentence, { seen: observed, expected }] of Object.entries(TABLE)) {
    test(sentence, () => {
      const actions = summary(observed).filter((action) => !action.startsWith('rank '));
      assert.deepEqual(actions, expected);
    });
  }

  test('a save that failed says why and names the way out; the other pods are healed', () => {
    const [zero, one, two] = seen(HELD, { keeping: failed(1_000) }).redis;
    assert.ok(zero && one && two);
    const astray = { ...one, answer: { ...FOLLOWER.answer, ...PROMOTED, masterHost: '10.0.0.9', linkUp: false } };
    const observed = { ...seen(HELD, { keeping: failed(1_000) }), redis: [zero, astray, two] } as Observation;
    const { plan } = decide(observed);
    assert.match(plan.problems[0]?.message ?? '', /rfr-test-2 could not save .*disk full.*divergentData: Discard/);
    assert.ok(summary(observed).includes('replicate rfr-test-1 10.0.0.1'));
  });
});
