import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AT, redisPod, unreachable } from './fixtures.ts';
import { keepingAfter } from './keeping.ts';
import type { Keeping, RedisAnswer, RedisPod } from './observation.ts';

const OF = { runId: 'run-1', replicationId: 'history' };
const SAVING: Keeping = { ...OF, state: 'saving', at: AT - 1_000 };
const KEPT: Keeping = { ...OF, state: 'kept' };
const FAILED: Keeping = { ...OF, state: 'failed', at: AT - 1_000, error: 'disk full' };
const says = (answer: Partial<RedisAnswer>): RedisPod['answer'] => redisPod(1, { answer }).answer;

const TABLE: Readonly<Record<string, readonly [Keeping, RedisPod['answer'], Keeping | undefined]>> = {
  'goes on while the child runs': [SAVING, says({ backgroundSave: 'running' }), { ...SAVING, at: AT }],
  'is done when the child ended well': [SAVING, says({ backgroundSave: 'ok' }), KEPT],
  'failed when it did not': [
    SAVING,
    says({ backgroundSave: 'failed' }),
    { ...OF, state: 'failed', at: AT, error: 'the background save failed, see the log of the pod' },
  ],
  'is begun anew when the outcome may be that of a later save': [
    { ...SAVING, at: AT - 5_000 },
    says({ backgroundSave: 'ok' }),
    undefined,
  ],
  'is as it was while the pod does not answer': [SAVING, unreachable('timeout'), SAVING],
  'is void when the process is another one': [SAVING, says({ runId: 'other' }), undefined],
  'is void when the data is of another history': [KEPT, says({ replicationId: 'other' }), undefined],
  'stays done whatever is saved later': [KEPT, says({ backgroundSave: 'failed' }), KEPT],
  'stays failed until it is tried again': [FAILED, says({ backgroundSave: 'ok' }), FAILED],
};

describe('a save of divergent data', () => {
  for (const [sentence, [before, answer, after]] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(keepingAfter(before, answer, AT), after));
  }
});
