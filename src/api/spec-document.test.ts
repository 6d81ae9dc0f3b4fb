import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { specDocument } from './spec-document.ts';

test('docs/spec.md is what the schema generates', () => {
  const written = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'spec.md'), 'utf8');
  assert.equal(written, specDocument(), 'run `make generate`');
});
