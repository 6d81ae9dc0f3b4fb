import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { laneFor } from './lanes.ts';

const OF_VOLUME = { good: 'volume' } as const;
const OF_MEMORY = { good: 'memory' } as const;
const EMPTY = { good: undefined };

describe('a step gets a lane', () => {
  test('whose failover suits it', () => {
    assert.equal(laneFor('memory', [EMPTY, OF_VOLUME, OF_MEMORY]), OF_MEMORY);
  });

  test('that has none yet rather than one whose failover has to go', () => {
    assert.equal(laneFor('memory', [OF_VOLUME, EMPTY]), EMPTY);
    assert.equal(laneFor('memory', [OF_VOLUME]), OF_VOLUME);
  });

  test('only where one is free', () => {
    assert.equal(laneFor('memory', []), undefined);
  });
});
