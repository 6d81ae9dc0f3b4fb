import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RedisFailover, RedisFailoverStatus } from '../api/types.ts';
import { isWorthWriting, withWritten } from './status-writes.ts';

const MIB = 2 ** 20;
const behind = (lagBytes: number): RedisFailoverStatus => ({
  phase: 'Ready',
  pods: [{ name: 'rfr-test-1', role: 'replica', ready: true, offset: 5 * MIB - lagBytes, lagBytes }],
});

describe('a status is written', () => {
  const now = 1_000_000;

  test('when anything but an offset changes, at once', () => {
    assert.ok(isWorthWriting(undefined, behind(0), { now, writtenAt: now }));
    assert.ok(isWorthWriting(behind(0), { ...behind(0), phase: 'Degraded' }, { now, writtenAt: now }));
    assert.ok(isWorthWriting({ ...behind(0), waitingFor: 'a master' }, behind(0), { now, writtenAt: now }));
  });

  test('not when only offsets change', () => {
    assert.equal(isWorthWriting(behind(1), behind(1000), { now, writtenAt: undefined }), false);
  });

  test('when a lag passes a threshold, if the last write is long enough ago', () => {
    assert.ok(isWorthWriting(behind(0), behind(2 * MIB), { now, writtenAt: undefined }));
    assert.ok(isWorthWriting(behind(0), behind(2 * MIB), { now, writtenAt: now - 10_000 }));
    assert.equal(isWorthWriting(behind(0), behind(2 * MIB), { now, writtenAt: now - 9_999 }), false);
  });
});

test('a status that was just written counts until the cache has another version of the failover', () => {
  const cached: RedisFailover = { metadata: { resourceVersion: '7' }, spec: {}, status: behind(0) };
  const written = { replaces: '7', status: behind(1), at: 0 };
  assert.deepEqual(withWritten(cached, written).status, behind(1));
  assert.deepEqual(withWritten({ ...cached, metadata: { resourceVersion: '8' } }, written).status, behind(0));
  assert.equal(withWritten(cached, undefined), cached);
});
