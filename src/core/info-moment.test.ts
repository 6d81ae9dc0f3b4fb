import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isGoodMoment, promotionSeenAfterMs } from './info-moment.ts';

describe('the moment of a failover', () => {
  const seen: Readonly<Record<string, { readonly ages: readonly number[]; readonly expected: number }>> = {
    'an INFO that is due after the promotion shows it': { ages: [700], expected: 300 },
    'one that is due before comes too early, and only the next one shows it': { ages: [900], expected: 1100 },
    'one that was just read comes again after a period': { ages: [0], expected: 1000 },
    'one that is overdue is read at once, which is too early': { ages: [9000], expected: 1000 },
    'any of the replicas may be chosen, so the last of them counts': { ages: [700, 500], expected: 500 },
  };
  for (const [sentence, { ages, expected }] of Object.entries(seen)) {
    test(sentence, () => assert.equal(promotionSeenAfterMs(ages), expected));
  }

  test('it is good when the promotion is seen soon for every replica', () => {
    const good = [[700, 740], [700, 500], [900], []].map((ages) => isGoodMoment(ages));
    assert.deepEqual(good, [true, false, false, false]);
  });
});
