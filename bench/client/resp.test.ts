import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { elementsOf, encodeCommand, isErrorReply, parseReply, type Reply } from './resp.ts';

const REPLIES: readonly { readonly what: string; readonly bytes: string; readonly reply: Reply }[] = [
  { what: 'a status', bytes: '+OK\r\n', reply: 'OK' },
  { what: 'an error', bytes: '-READONLY no\r\n', reply: { error: 'READONLY no' } },
  { what: 'an integer', bytes: ':-3\r\n', reply: -3 },
  { what: 'a string with a line break', bytes: '$4\r\na\r\nb\r\n', reply: 'a\r\nb' },
  { what: 'an empty string', bytes: '$0\r\n\r\n', reply: '' },
  { what: 'no string', bytes: '$-1\r\n', reply: null },
  { what: 'no array', bytes: '*-1\r\n', reply: null },
  { what: 'an array in an array', bytes: '*2\r\n*1\r\n:1\r\n$1\r\nx\r\n', reply: [[1], 'x'] },
  { what: 'bytes that are two to a letter', bytes: '$2\r\nä\r\n', reply: 'ä' },
];

describe('the protocol of Redis', () => {
  for (const { what, bytes, reply } of REPLIES) {
    test(`${what} is read whole, and never before its last byte is there`, () => {
      const whole = Buffer.from(bytes);
      assert.deepEqual(parseReply(whole), { reply, end: whole.length });
      for (let length = 0; length < whole.length; length++) {
        assert.equal(parseReply(whole.subarray(0, length)), undefined);
      }
    });
  }

  test('a reply is followed by the next one', () => {
    assert.deepEqual(parseReply(Buffer.from('+OK\r\n:1\r\n'), 5), { reply: 1, end: 9 });
  });

  test('what is no reply is an error, not a wait', () => {
    assert.throws(() => parseReply(Buffer.from('HTTP/1.1 400\r\n')), /not a reply of Redis/);
  });

  test('a command counts bytes, not letters', () => {
    assert.equal(encodeCommand(['GET', 'ä']), '*2\r\n$3\r\nGET\r\n$2\r\nä\r\n');
  });

  test('errors are told from arrays', () => {
    assert.equal(isErrorReply({ error: 'ERR' }), true);
    assert.equal(isErrorReply(['ERR']), false);
    assert.deepEqual(elementsOf({ error: 'ERR' }), []);
    assert.deepEqual(elementsOf(['a', 1]), ['a', 1]);
  });
});
