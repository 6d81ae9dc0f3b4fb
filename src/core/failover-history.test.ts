import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FailoverRecord } from '../api/failover-record.ts';
import { failoverHistory } from './failover-history.ts';
import { AT, FAILOVER, observation, redisPod, restartedMaster, unreachable } from './fixtures.ts';
import { traceMaster } from './master-trace.ts';
import type { MasterChange, MasterTrace, Observation, RedisPod } from './observation.ts';
import { situationOf } from './situation.ts';

const SEEN = { uid: 'uid-rfr-test-0', runId: 'run-0', offset: 1300 };
const SERVED: MasterTrace = { pod: 'rfr-test-0', seen: SEEN, loss: undefined };
const PROMOTED = redisPod(1, {
  answer: { role: 'master', secondReplicationId: 'history', secondOffset: 1001, replicationId: 'next' },
});

/** rfr-test-1 is master, and rfr-test-0 what a test says. */
const afterFailover = (old: RedisPod | undefined, more: Partial<Omit<Observation, 'failover'>> = {}): Observation =>
  observation({ redis: [...(old === undefined ? [] : [old]), PROMOTED, redisPod(2)], sentinels: [], ...more });

const newest = (seen: Observation): FailoverRecord | undefined => failoverHistory(situationOf(seen))[0];

const handOver: MasterChange = { kind: 'hand-over', uid: SEEN.uid, message: 'rfr-test-0 hands over', at: AT - 300 };
const lost = (old: RedisPod | undefined): MasterTrace | undefined => {
  const redis = [...(old === undefined ? [] : [old]), redisPod(1), redisPod(2)];
  return traceMaster(situationOf(observation({ redis, at: AT - 2000, masterTrace: SERVED })));
};
const ended = { kind: 'terminated', reason: 'OOMKilled', exitCode: 137 } as const;
const demoted = redisPod(0, { answer: { role: 'replica', masterHost: '10.0.0.2', masterPort: 6379 } });
const silent = redisPod(0, { answer: unreachable('timeout') });

const CAUSES: Readonly<Record<string, { readonly seen: Observation; readonly expected: string }>> = {
  'a master that refuses connections crashed': {
    seen: afterFailover(redisPod(0, { answer: unreachable('refused') })),
    expected: 'MasterCrashed: nothing listens at rfr-test-0 any more',
  },
  'a container that ended says how, even when refused connections came first': {
    seen: afterFailover(redisPod(0, { container: ended, answer: unreachable('refused') }), {
      masterTrace: lost(redisPod(0, { answer: unreachable('refused') })),
    }),
    expected: 'MasterCrashed: the container of rfr-test-0 ended: OOMKilled, exit code 137',
  },
  'a process with another run id restarted': {
    seen: afterFailover(redisPod(0, { answer: { ...demoted.answer, kind: 'answer', runId: 'another' } }), {
      masterTrace: SERVED,
    }),
    expected: 'MasterCrashed: Redis in rfr-test-0 restarted',
  },
  'a pod that is not there was deleted': {
    seen: afterFailover(undefined),
    expected: 'PodDeleted: the pod rfr-test-0 is gone',
  },
  'a pod of the same name and another uid took its place': {
    seen: afterFailover({ ...demoted, uid: 'another' }, { masterTrace: SERVED }),
    expected: 'PodDeleted: the pod rfr-test-0 was replaced',
  },
  'silence stays the cause when the master answers again later': {
    seen: afterFailover(demoted, { masterTrace: lost(silent) }),
    expected: 'MasterUnreachable: rfr-test-0 does not answer: timeout',
  },
  'a crash that shows after the silence explains it': {
    seen: afterFailover(redisPod(0, { container: ended, answer: unreachable('refused') }), {
      masterTrace: lost(silent),
    }),
    expected: 'MasterCrashed: the container of rfr-test-0 ended: OOMKilled, exit code 137',
  },
  'an old master that never stopped was replaced by Sentinel alone': {
    seen: afterFailover(demoted, { masterTrace: SERVED }),
    expected: 'SentinelFailover: Sentinel elected another master; rfr-test-0 answers',
  },
  'an operator that just started does not guess': {
    seen: afterFailover(demoted),
    expected: 'SentinelFailover: Sentinel elected another master; rfr-test-0 answers',
  },
  'a hand-over is what its action says, though the pod is being deleted': {
    seen: afterFailover({ ...demoted, deleting: true }, { masterTrace: SERVED, masterChange: handOver }),
    expected: 'HandOver: rfr-test-0 hands over',
  },
  'a hand-over of an earlier master explains nothing': {
    seen: afterFailover(undefined, { masterTrace: SERVED, masterChange: { ...handOver, uid: 'earlier' } }),
    expected: 'PodDeleted: the pod rfr-test-0 is gone',
  },
  'a promotion by the operator is a recovery': {
    seen: afterFailover(undefined, {
      masterChange: { kind: 'promote', uid: PROMOTED.uid, message: 'rfr-test-1 becomes master', at: AT - 100 },
    }),
    expected: 'Recovery: rfr-test-1 becomes master',
  },
};

describe('the history of failovers', () => {
  for (const [sentence, { seen, expected }] of Object.entries(CAUSES)) {
    test(sentence, () => {
      const record = newest(seen);
      assert.equal(`${record?.cause}: ${record?.message}`, expected);
      assert.deepEqual([record?.from, record?.to], ['rfr-test-0', 'rfr-test-1']);
    });
  }

  test('a loss has the time it was first seen at, and the bytes that are missing for sure', () => {
    const record = newest(afterFailover(silent, { masterTrace: lost(silent) }));
    assert.deepEqual(
      { detected: record?.detected, promoted: record?.promoted, bytesBehind: record?.bytesBehind },
      { detected: '2026-01-01T00:09:58.000Z', promoted: '2026-01-01T00:10:00.000Z', bytesBehind: 300 },
    );
  });

  test('what was not seen is left out', () => {
    const record = newest(afterFailover(undefined));
    assert.deepEqual(Object.keys(record ?? {}).sort(), ['cause', 'from', 'message', 'promoted', 'to']);
  });

  test('a hand-over loses nothing and began with its action', () => {
    const record = newest(afterFailover(demoted, { masterTrace: SERVED, masterChange: handOver }));
    assert.deepEqual([record?.bytesBehind, record?.detected], [0, '2026-01-01T00:09:59.700Z']);
  });

  test('a first master, the same master, no master and a master that comes back as itself are no entries', () => {
    const { status: _, ...fresh } = FAILOVER;
    const cases = [
      observation({ failover: fresh }),
      observation(),
      observation({ redis: [silent, redisPod(1)] }),
      observation({ redis: [redisPod(0, { uid: 'another', answer: { runId: 'another' } })], masterTrace: SERVED }),
    ];
    for (const seen of cases) assert.deepEqual(failoverHistory(situationOf(seen)), []);
  });

  test('the newest comes first and ten are kept', () => {
    const old = Array.from({ length: 10 }, (__, index): FailoverRecord => {
      return { cause: 'HandOver', message: '', promoted: `2025-01-0${index}`, from: 'a', to: 'b' };
    });
    const failover = { ...FAILOVER, status: { ...FAILOVER.status, failovers: old } };
    const history = failoverHistory(situationOf({ ...afterFailover(undefined), ...pick(observation({ failover })) }));
    assert.deepEqual(history.slice(1), old.slice(0, 9));
    assert.equal(history[0]?.to, 'rfr-test-1');
  });
});

describe('the trace of a master', () => {
  test('keeps what was last seen of it, and since when it is lost, until another serves', () => {
    const first = lost(restartedMaster());
    assert.deepEqual([first?.seen, first?.loss?.at], [SEEN, AT - 2000]);
    const later = situationOf(observation({ redis: [silent, redisPod(1)], masterTrace: first }));
    assert.equal(traceMaster(later)?.loss?.at, AT - 2000);
    assert.equal(traceMaster(situationOf(observation()))?.loss, undefined);
  });

  test('is kept until the status names the new master, because a write of it may fail', () => {
    const first = lost(redisPod(0, { answer: unreachable('refused') }));
    const written = { ...FAILOVER, status: { ...FAILOVER.status, master: masterOf('rfr-test-1') } };
    const old = redisPod(0, { answer: unreachable('refused') });
    const unwritten = situationOf(afterFailover(old, { masterTrace: first }));
    assert.equal(traceMaster(unwritten), first);
    const told = situationOf({ ...unwritten, ...pick(observation({ failover: written })) });
    assert.equal(traceMaster(told)?.pod, 'rfr-test-1');
  });

  test('begins with the master of the status when the operator starts without one', () => {
    const trace = traceMaster(situationOf(observation({ redis: [silent, redisPod(1)] })));
    assert.deepEqual([trace?.pod, trace?.seen, trace?.loss?.at], ['rfr-test-0', undefined, AT]);
  });
});

const masterOf = (pod: string) => ({ pod, address: '10.0.0.2:6379', replicationId: 'next' });

const pick = ({ failover }: Observation): Pick<Observation, 'failover'> => ({ failover });
