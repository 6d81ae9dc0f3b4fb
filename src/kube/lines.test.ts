import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { lines } from './lines.ts';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of sizes) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
  yield bytes.subarray(start);
}

const read = async (text: string, { sizes = [], limit = 1000 }: { sizes?: readonly number[]; limit?: number } = {}) =>
  Array.fromAsync(lines(chunksOf(Buffer.from(text), sizes), limit));

test('lines come whole wherever the chunks were cut, inside a character too', async () => {
  const line = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => text.trim() !== '' && !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(9)), async (expected, sizes) => {
      assert.deepEqual(await read(expected.map((text) => `${text}\n`).join(''), { sizes }), expected);
    }),
  );
});

test('the last line needs no line end, and empty lines are left out', async () => {
  assert.deepEqual(await read('a\n\nb'), ['a', 'b']);
  assert.deepEqual(await read(''), []);
});

test('a line that never ends is refused', async () => {
  await assert.rejects(read('x'.repeat(50), { sizes: [10, 10, 10], limit: 20 }), RangeError);
});
