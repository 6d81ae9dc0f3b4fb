import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REASONS } from './reasons.ts';

const SOURCES = join(import.meta.dirname, '..');
const production = globSync('**/*.ts', { cwd: SOURCES })
  .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('reasons.ts'))
  .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
  .join('\n');

describe('the table of reasons', () => {
  for (const [reason, { means, action }] of Object.entries(REASONS)) {
    test(`${reason} is used, and says what it means and what to do`, () => {
      assert.ok(production.includes(`'${reason}'`), 'no source names it');
      assert.match(reason, /^[A-Z][A-Za-z]+$/);
      for (const sentence of [means, action]) assert.match(sentence, /\w.*\.$/);
    });
  }
});
