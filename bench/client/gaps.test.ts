import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { afterWrite, noWrites, type WriteStatistics, withLostKey } from './gaps.ts';

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

  test('lost keys that follow each other are one range', () => {
    const ranges = [3, 4, 5, 9, 11, 12].reduce(withLostKey, []);
    assert.deepEqual(ranges, [
      { first: 3, last: 5 },
      { first: 9, last: 9 },
      { first: 11, last: 12 },
    ]);
  });
});
