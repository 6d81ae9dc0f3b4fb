import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonical, differences } from './canonical.ts';

describe('a snapshot', () => {
  test('is the same text whatever the order of members', () => {
    assert.equal(canonical({ a: 1, b: { d: [2], c: 3 } }), canonical({ b: { c: 3, d: [2] }, a: 1 }));
    assert.notEqual(canonical([1, 2]), canonical([2, 1]));
  });

  test('does not differ from itself', () => {
    assert.equal(differences({ one: 'a\nb' }, { one: 'a\nb' }), '');
  });

  test('differs by the lines between what is the same at both ends', () => {
    assert.equal(differences({ one: 'a\nb\nc' }, { one: 'a\nx\ny\nc' }), 'in one:\n- b\n+ x\n+ y');
    assert.equal(differences({ one: 'a\na' }, { one: 'a' }), 'in one:\n- a');
  });

  test('differs where a section is new or gone', () => {
    assert.equal(differences({ old: 'a' }, { new: 'b' }), 'in new:\n- \n+ b\nin old:\n- a\n+ ');
  });
});
