import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Summary, Verification } from './client/events.ts';
import { lostUntil, median, worst, writingOf } from './sample.ts';

const LOST_TEN: Verification = {
  kind: 'verified',
  master: '10.0.0.1:6379',
  lost: 10,
  lostKeys: [
    { first: 0, last: 4, firstAt: 100, lastAt: 140 },
    { first: 9, last: 13, firstAt: 200, lastAt: 240 },
  ],
};

const summary = (changes: Partial<Summary>): Summary => ({
  event: 'summary',
  client: 'sentinel',
  at: 300,
  acknowledged: 14,
  longestGapMs: 60,
  gaps: [],
  errors: { CLOSED: 1, ECONNREFUSED: 4 },
  verification: LOST_TEN,
  ...changes,
});

describe('statistics', () => {
  for (const [values, middle, largest] of [
    [[], undefined, undefined],
    [[3], 3, 3],
    [[5, 1, 3], 3, 5],
    [[10, 2, 4, 100], 7, 100],
  ] as const) {
    test(`of ${JSON.stringify(values)}: median ${middle}, worst ${largest}`, () => {
      assert.equal(median(values), middle);
      assert.equal(worst(values), largest);
    });
  }
});

describe('lost keys', () => {
  for (const [at, expected] of [
    [99, 0],
    [100, 1],
    [120, 3],
    [140, 5],
    [199, 5],
    [225, 8],
    [300, 10],
    [Number.POSITIVE_INFINITY, 10],
  ] as const) {
    test(`${expected} of ten were acknowledged until ${at}`, () => assert.equal(lostUntil(LOST_TEN, at), expected));
  }

  test('are unknown when the master could not be asked', () => {
    assert.equal(lostUntil({ kind: 'failed', message: 'TIMEOUT' }, 5), undefined);
  });

  test('stand beside gap and errors, for each client', () => {
    const summaries = { sentinel: summary({}), service: summary({ longestGapMs: 70, errors: {} }) };
    assert.deepEqual(writingOf(summaries, 140), {
      gapMs: { sentinel: 60, service: 70 },
      lost: { sentinel: 5, service: 5 },
      errors: { sentinel: 5, service: 0 },
    });
  });
});
