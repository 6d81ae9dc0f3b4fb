import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reasonsDocument } from './reasons-document.ts';

test('docs/reasons.md is what the table of reasons generates', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'reasons.md');
  assert.equal(readFileSync(file, 'utf8'), reasonsDocument());
});
