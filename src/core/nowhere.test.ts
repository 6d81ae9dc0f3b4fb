import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AT } from './fixtures.ts';
import { nowhere, nowhereMovesInMs } from './nowhere.ts';

describe('the address that nobody has', () => {
  test('is another one after each move, and the same until then', () => {
    const changes = [AT, AT + 1, AT + 1234].map((at) => {
      const moved = at + nowhereMovesInMs(at);
      return [nowhere(moved - 1).port === nowhere(at).port, nowhere(moved).port === nowhere(at).port];
    });
    assert.deepEqual(changes, [
      [true, false],
      [true, false],
      [true, false],
    ]);
  });

  test('changes more than twice in the failover-timeout of Sentinel', () => {
    assert.ok(nowhereMovesInMs(0) * 2 < 10_000);
  });
});
