import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sentinelLines } from './sentinel-lines.ts';

const OURS = ['down-after-milliseconds 5000', 'failover-timeout 10000', 'parallel-syncs 1'];

const CASES: Readonly<Record<string, readonly [customConfig: readonly string[], lines: readonly string[]]>> = {
  'without a line ours hold': [[], OURS],
  'a line takes the place of ours about the same option, and no other': [
    ['Down-After-Milliseconds  4000'],
    ['Down-After-Milliseconds  4000', ...OURS.slice(1)],
  ],
  'an option that we say nothing of is added': [
    ['master-reboot-down-after-period 1000'],
    [...OURS, 'master-reboot-down-after-period 1000'],
  ],
  'of two lines about one option the last counts, so that they do not take turns': [
    ['parallel-syncs 2', 'parallel-syncs 3'],
    [...OURS.slice(0, 2), 'parallel-syncs 3'],
  ],
};

describe('the settings of a Sentinel', () => {
  for (const [sentence, [customConfig, lines]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(sentinelLines({ customConfig }), lines));
  }
});
