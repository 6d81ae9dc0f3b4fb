import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { indented, quoted, styled } from './narration.ts';

describe('the narration', () => {
  test('has colours only where they are asked for', () => {
    assert.equal(styled('x', 'red', { colours: true }), '\x1b[31mx\x1b[0m');
    assert.equal(styled('x', 'red', { colours: false }), 'x');
  });

  for (const [word, expected] of [
    ['app.kubernetes.io/part-of=my-redis', 'app.kubernetes.io/part-of=my-redis'],
    ['{.spec}', "'{.spec}'"],
    ["it's", String.raw`'it'\''s'`],
    ['', "''"],
  ] as const) {
    test(`shows the word ${JSON.stringify(word)} as a shell takes it`, () => assert.equal(quoted(word), expected));
  }

  test('indents what commands print, but no empty line', () => {
    assert.equal(indented('a\n\nb'), '    a\n\n    b');
  });
});
