import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { withMeasured } from './document.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '..', 'docs', 'benchmarks.md'), 'utf8');

describe('docs/benchmarks.md', () => {
  test('gets a new table in the place of the old one, and keeps the rest', () => {
    const once = withMeasured(DOCUMENT, '| first |');
    const twice = withMeasured(once, '| second |');
    assert.ok(twice.includes('| second |') && !twice.includes('| first |'));
    assert.equal(withMeasured(twice, '| first |'), once);
    assert.equal(once.split('<!-- begin')[0], DOCUMENT.split('<!-- begin')[0]);
  });

  test('without its markers is refused', () => {
    assert.throws(() => withMeasured('# Benchmarks\n', '| first |'), /lacks the lines/);
  });
});
