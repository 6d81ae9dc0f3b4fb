/** Every example is what a real API server takes, to the last field. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { kubectl } from './crd-api.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

describe('the API server takes the example', () => {
  for (const file of readdirSync(EXAMPLES).sort()) {
    test(file, () => {
      const path = join(EXAMPLES, file);
      const said = kubectl(['create', '--dry-run=server', '--validate=strict', '--namespace', 'default', '-f', path]);
      assert.match(said, /^redisfailover\.databases\.spotahome\.com\/[a-z-]+ created/m);
    });
  }
});
