import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffDelayMs } from './backoff.ts';

const backoff = { baseMs: 100, limitMs: 1000 };

const cases = [
  { sentence: 'the first delay is the base', failures: 1, random: 0.999_999, delayMs: 100 },
  { sentence: 'every failure doubles it', failures: 3, random: 0.999_999, delayMs: 400 },
  { sentence: 'it grows no further than its limit', failures: 9, random: 0.999_999, delayMs: 1000 },
  { sentence: 'however many failures', failures: 1e9, random: 0.999_999, delayMs: 1000 },
  { sentence: 'randomness takes away up to half', failures: 3, random: 0, delayMs: 200 },
];

for (const { sentence, failures, random, delayMs } of cases) {
  test(`backoff: ${sentence}`, () => assert.equal(Math.round(backoffDelayMs(backoff, { failures, random })), delayMs));
}
