import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { afterStop, afterWrite, noWrites, type WriteStatistics, withLostKey } from './gaps.ts';

const writtenAt = (...times: readonly number[]): WriteStatistics => times.reduce(afterWrite, noWrites);

describe('statistics of acknowledged writes', () => {
  test('the time before the first write is no gap', () => {
    assert.deepEqual(writtenAt(5_000), { acknowledged: 1, lastAt: 5_000, longestGapMs: 0, gaps: [] });
  });

  test('a pause of 100 ms is the longest gap but not worth a line', () => {
    const { longestGapMs, gaps } = writtenAt(0, 5, 105);
    assert.equal(longestGapMs, 100);
    assert.deepEqual(gaps, []);
  });

  test('longer pauses are listed with what was acknowledged before them', () => {
    const { longestGapMs, gaps } = writtenAt(0, 5, 1_005, 1_010, 1_210);
    assert.equal(longestGapMs, 1_000);
    assert.deepEqual(gaps, [
      { startedAt: 5, durationMs: 1_000, acknowledged: 2 },
      { startedAt: 1_010, durationMs: 200, acknowledged: 4 },
    ]);
  });

  test('the list of gaps does not grow without end', () => {
    const { gaps } = writtenAt(...Array.from({ length: 1_200 }, (_, index) => index * 1_000));
    assert.equal(gaps.length, 1_000);
  });

  test('a gap that is still open when the load is stopped counts', () => {
    const { acknowledged, longestGapMs, gaps } = afterStop(writtenAt(0, 5), 60_005);
    assert.equal(acknowledged, 2);
    assert.equal(longestGapMs, 60_000);
    assert.deepEqual(gaps, [{ startedAt: 5, durationMs: 60_000, acknowledged: 2 }]);
  });

  test('a load that never wrote has no gap', () => {
    assert.deepEqual(afterStop(noWrites, 60_000), noWrites);
  });

  test('lost keys that follow each other are one range, with the times of both ends', () => {
    const keys = [3, 4, 5, 9, 11, 12].map((number) => ({ number, acknowledgedAt: number * 10 }));
    assert.deepEqual(keys.reduce(withLostKey, []), [
      { first: 3, last: 5, firstAt: 30, lastAt: 50 },
      { first: 9, last: 9, firstAt: 90, lastAt: 90 },
      { first: 11, last: 12, firstAt: 110, lastAt: 120 },
    ]);
  });
});
