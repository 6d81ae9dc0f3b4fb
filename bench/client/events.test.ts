import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEvents } from './events.ts';

describe("a load client's log", () => {
  test('its events are read; warnings and a half-written line are left out', () => {
    const log = [
      '(node:1) ExperimentalWarning: something',
      '{"event":"progress","at":5,"acknowledged":7,"openGapMs":0}',
      '{"event":"weather"}',
      '{"event":"progress","at":6,"ackno',
    ].join('\n');
    assert.deepEqual(parseEvents(log), [{ event: 'progress', at: 5, acknowledged: 7, openGapMs: 0 }]);
  });
});
