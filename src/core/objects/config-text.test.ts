import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { quoteArgument } from './config-text.ts';

const CASES: Readonly<Record<string, readonly [value: string, quoted: string]>> = {
  'plain text is only quoted': ['secret', '"secret"'],
  'quotes and backslashes are escaped': ['a"b\\c', '"a\\"b\\\\c"'],
  'blanks, # and $ need nothing': ['a b#c$d', '"a b#c$d"'],
  'line breaks become bytes': ['a\r\nrequirepass b', '"a\\x0d\\x0arequirepass b"'],
  'other characters become the bytes of their UTF-8': ['é€', '"\\xc3\\xa9\\xe2\\x82\\xac"'],
  'nothing is a value too': ['', '""'],
};

describe('an argument in redis.conf', () => {
  for (const [sentence, [value, quoted]] of Object.entries(CASES)) {
    test(sentence, () => assert.equal(quoteArgument(value), quoted));
  }

  test('no value ends its line or its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        assert.match(quoteArgument(value), /^"(?:[ !#-[\]-~]|\\["\\]|\\x[0-9a-f]{2})*"$/);
      }),
    );
  });
});
