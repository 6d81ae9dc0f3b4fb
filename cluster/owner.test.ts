import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Owner, obstacle } from './owner.ts';

const owner: Owner = { checkout: '/a', boot: '1', binaries: '/cache/1' };

const cases: readonly (readonly [string, Owner | undefined, RegExp | undefined])[] = [
  ['the same checkout continues its cluster', owner, undefined],
  ['the cluster of another checkout is taken down', { ...owner, checkout: '/b' }, /cluster of \/b/],
  ['what ran before the machine restarted is taken down', { ...owner, boot: '2' }, /restarted/],
  ['a cluster of other versions is taken down', { ...owner, binaries: '/cache/2' }, /other versions/],
  ['a start that was interrupted before its note is cleaned up', undefined, /interrupted/],
];

for (const [sentence, current, expected] of cases) {
  test(sentence, () => {
    const reason = obstacle(current, owner);
    if (expected === undefined) assert.equal(reason, undefined);
    else assert.match(reason ?? '', expected);
  });
}
