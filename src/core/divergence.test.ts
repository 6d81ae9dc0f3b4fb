import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DivergenceStatus } from '../api/types.ts';
import { divergenceOf, divergenceProblem, divergenceStatus } from './divergence.ts';
import { AT, FAILOVER, observation, redisPod } from './fixtures.ts';
import { nowhere } from './nowhere.ts';
import type { Divergence, Keeping, RedisAnswer } from './observation.ts';
import { situationOf } from './situation.ts';

const NONE = '0'.repeat(40);
const HISTORY = { replicationId: 'old', secondReplicationId: NONE, secondOffset: -1, offset: 1000, keys: 10 };
/** Promoted with the first 1000 bytes of the old history. */
const PROMOTED = { ...HISTORY, replicationId: 'new', secondReplicationId: 'old', secondOffset: 1001, offset: 5000 };
const OTHER_BRANCH = { ...PROMOTED, replicationId: 'branch', secondOffset: 901, offset: 980 };

type Case = {
  readonly master: Partial<typeof HISTORY>;
  readonly own: Partial<typeof HISTORY>;
  readonly bytes: number | 'nothing' | 'unknown';
};

const TABLE: Readonly<Record<string, Case>> = {
  'an old master holds what it accepted after another was promoted': {
    master: PROMOTED,
    own: { ...HISTORY, offset: 1027 },
    bytes: 27,
  },
  'an old master that accepted nothing more holds nothing': { master: PROMOTED, own: HISTORY, bytes: 'nothing' },
  'an old master that was behind the promoted replica holds nothing': {
    master: PROMOTED,
    own: { ...HISTORY, offset: 900 },
    bytes: 'nothing',
  },
  'a replica promoted by hand holds what it accepted since': {
    master: HISTORY,
    own: { ...PROMOTED, offset: 1050 },
    bytes: 50,
  },
  'of two promoted replicas the part that both have ends with the shorter one': {
    master: PROMOTED,
    own: OTHER_BRANCH,
    bytes: 80,
  },
  'one PING to replicas is no write': { master: PROMOTED, own: { ...HISTORY, offset: 1014 }, bytes: 'nothing' },
  'of histories without a point in common nobody knows how much': {
    master: PROMOTED,
    own: { ...HISTORY, replicationId: 'foreign', offset: 9_999 },
    bytes: 'unknown',
  },
  'two fresh histories have no point in common either': {
    master: HISTORY,
    own: { ...HISTORY, replicationId: 'foreign' },
    bytes: 'unknown',
  },
  'an empty Redis of another history holds nothing': {
    master: PROMOTED,
    own: { ...HISTORY, replicationId: 'foreign', offset: 300, keys: 0 },
    bytes: 'nothing',
  },
};

describe('what a Redis holds that the master never had', () => {
  for (const [sentence, { master, own, bytes }] of Object.entries(TABLE)) {
    test(sentence, () => {
      const found = divergenceOf(
        { name: 'one', answer: { ...HISTORY, ...own } },
        { answer: { ...HISTORY, ...master } },
      );
      assert.equal(found === undefined ? 'nothing' : (found.bytes ?? 'unknown'), bytes);
    });
  }

  test('is told in bytes, or said not to be known', () => {
    const last = { pod: 'one', replicationId: 'old', time: '' };
    const told = (change: Partial<DivergenceStatus>, held = false): string => {
      const { reason, message } = divergenceProblem({ ...last, ...change }, { master: 'two', held });
      return `${reason}: ${message}`;
    };
    assert.match(told({ bytes: 27 }), /^DivergentWritesDiscarded: one gives way to two and loses 27 bytes/);
    assert.match(told({ bytes: 27 }, true), /^DivergentWritesHeld: one gives way to two and is to save 27 bytes/);
    assert.match(
      told({ bytes: 27, keptAs: 'one:/a' }),
      /^DivergentWritesKept: one gives way to two and keeps 27 bytes.*; all its data is in one:\/a$/,
    );
    assert.doesNotMatch(told({}), /bytes/);
  });
});

const COUNTED: Divergence = { pod: 'rfr-test-2', replicationId: 'old', bytes: 27, at: AT };
const KNOWN: DivergenceStatus = { pod: 'rfr-test-2', replicationId: 'old', bytes: 27, time: '2026-01-01T00:10:00Z' };

const statusWith = (options: {
  readonly replica?: Partial<RedisAnswer>;
  readonly known?: DivergenceStatus;
  readonly counted?: Divergence;
  readonly keptOf?: string;
}): DivergenceStatus | undefined => {
  const { replica = {}, known, counted, keptOf } = options;
  const failover = { ...FAILOVER, status: { ...FAILOVER.status, ...(known && { divergence: known }) } };
  const redis = [redisPod(0, { answer: PROMOTED }), redisPod(1), redisPod(2, { answer: { linkUp: true, ...replica } })];
  const keeping = new Map<string, Keeping>(
    keptOf === undefined ? [] : [['uid-rfr-test-2', { runId: 'run-2', replicationId: keptOf, state: 'kept' }]],
  );
  return divergenceStatus(situationOf(observation({ failover, redis, divergence: counted, keeping })));
};
const KEPT_AS = 'rfr-test-2:/data/divergent-old.rdb';
const OVERWRITTEN_SOON = { ...HISTORY, linkUp: false, offset: 1027 };

describe('the last divergence', () => {
  const cases: Readonly<Record<string, readonly [DivergenceStatus | undefined, DivergenceStatus | undefined]>> = {
    'is none in a healthy failover': [statusWith({}), undefined],
    'is what the operator counted when it demoted a master': [statusWith({ counted: COUNTED }), KNOWN],
    'is seen in a master that Sentinel demoted, until it follows': [statusWith({ replica: OVERWRITTEN_SOON }), KNOWN],
    'is not seen in a replica that follows': [
      statusWith({ replica: { ...OVERWRITTEN_SOON, linkUp: true } }),
      undefined,
    ],
    'is not seen in a replica of unknown history, which may be no branch at all': [
      statusWith({ replica: { ...OVERWRITTEN_SOON, replicationId: 'foreign' } }),
      undefined,
    ],
    'is kept when nothing of it is to be seen any more': [statusWith({ known: KNOWN }), KNOWN],
    'keeps its time when it is seen again': [
      statusWith({ replica: OVERWRITTEN_SOON, known: { ...KNOWN, time: '2026-01-01T00:09:00Z' } }),
      { ...KNOWN, time: '2026-01-01T00:09:00Z' },
    ],
    'gives way to a newer one': [
      statusWith({ replica: OVERWRITTEN_SOON, known: { ...KNOWN, bytes: 5, time: '2026-01-01T00:09:00Z' } }),
      KNOWN,
    ],
    'gives way to a newer one also while the operator remembers that it counted the older one': [
      statusWith({
        replica: OVERWRITTEN_SOON,
        counted: { ...COUNTED, replicationId: 'earlier', at: AT - 60_000 },
        known: { ...KNOWN, replicationId: 'earlier', time: '2026-01-01T00:09:00Z' },
      }),
      KNOWN,
    ],
    'does not give way to one that was counted before it': [
      statusWith({ counted: { ...COUNTED, at: AT - 60_000 }, known: { ...KNOWN, bytes: 5 } }),
      { ...KNOWN, bytes: 5 },
    ],
    'is seen in a Redis of unknown history that was told to follow nobody': [
      statusWith({
        replica: {
          ...OVERWRITTEN_SOON,
          replicationId: 'foreign',
          masterHost: nowhere(0).host,
          masterPort: nowhere(0).port,
        },
      }),
      { pod: KNOWN.pod, replicationId: 'foreign', time: KNOWN.time },
    ],
    'is what was kept of an unknown history': [
      statusWith({ replica: { ...OVERWRITTEN_SOON, replicationId: 'foreign' }, keptOf: 'foreign' }),
      {
        pod: KNOWN.pod,
        replicationId: 'foreign',
        time: KNOWN.time,
        keptAs: 'rfr-test-2:/data/divergent-foreign.rdb',
      },
    ],
    'names the file once it is kept': [
      statusWith({ replica: OVERWRITTEN_SOON, known: KNOWN, keptOf: 'old' }),
      { ...KNOWN, keptAs: KEPT_AS },
    ],
    'names no file of another history': [statusWith({ replica: OVERWRITTEN_SOON, keptOf: 'foreign' }), KNOWN],
    'goes on naming the file when the pod follows': [
      statusWith({ known: { ...KNOWN, keptAs: KEPT_AS } }),
      { ...KNOWN, keptAs: KEPT_AS },
    ],
    'has no number where none is known': [
      statusWith({ counted: { ...COUNTED, bytes: undefined } }),
      { pod: KNOWN.pod, replicationId: KNOWN.replicationId, time: KNOWN.time },
    ],
  };
  for (const [sentence, [status, expected]] of Object.entries(cases)) {
    test(sentence, () => assert.deepEqual(status, expected));
  }
});
