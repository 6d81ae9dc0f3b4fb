import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mergePatchOf } from './merge-patch.ts';

const TABLE: Readonly<Record<string, readonly [before: unknown, after: object, patch: object]>> = {
  'of nothing is what is there afterwards': [undefined, { a: { b: 1 } }, { a: { b: 1 } }],
  'removes what is left out': [{ a: 1, b: 2 }, { b: 2 }, { a: null, b: 2 }],
  'removes it inside too': [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: null, c: 3 } }],
  'replaces lists as a whole': [{ a: [{ b: 1 }] }, { a: [{ c: 1 }] }, { a: [{ c: 1 }] }],
  'makes a value an object': [{ a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
};

describe('a merge patch', () => {
  for (const [sentence, [before, after, patch]] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(mergePatchOf(before, after), patch));
  }
});
