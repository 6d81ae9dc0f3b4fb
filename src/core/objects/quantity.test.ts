import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sameQuantity } from './quantity.ts';

const SAME: readonly (readonly [unknown, unknown])[] = [
  ['1024Mi', '1Gi'],
  ['0.1', '100m'],
  [1, '1'],
  [0.5, '500m'],
  ['1e3', '1k'],
  ['1.5Gi', '1536Mi'],
  ['1E', '1000P'],
  ['12E2', '1200'],
  ['0', '0Gi'],
  ['+1', '1'],
  ['.5', '500m'],
  ['0.1n', '1n'],
];

const DIFFERENT: readonly (readonly [unknown, unknown])[] = [
  ['1G', '1Gi'],
  ['1', '-1'],
  ['1m', '1M'],
  ['abc', 'abc'],
  ['', '0'],
  ['1', undefined],
  [true, '1'],
];

describe('quantities', () => {
  for (const [one, other] of SAME)
    test(`${String(one)} is as much as ${String(other)}`, () => assert.ok(sameQuantity(one, other)));
  for (const [one, other] of DIFFERENT)
    test(`${String(one)} is not as much as ${String(other)}`, () => assert.ok(!sameQuantity(one, other)));
});
