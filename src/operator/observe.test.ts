import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loginOf } from './observe.ts';

const NOT_THERE = { kind: 'missing', message: 'Secret login does not exist' };
const NO_KEY = { kind: 'missing', message: 'Secret login has no key "password"' };
const EMPTY = { kind: 'missing', message: 'Secret login: key "password" is empty' };
const password = (text: string): object => ({ kind: 'password', password: text });

/** The value of the key, and what is made of it. */
const VALUES: Readonly<Record<string, readonly [value: string, login: object]>> = {
  'a password is taken as it is': [' a "b" é ', password(' a "b" é ')],
  'line breaks at its end are left out, and noted': ['secret\n\n', { ...password('secret'), endsInLineBreak: true }],
  'one in the middle stays': ['se\ncret', password('se\ncret')],
  'an empty one is none': ['', EMPTY],
  'nor are line breaks alone': ['\n', EMPTY],
};

describe('the Secret of auth.secretPath', () => {
  for (const [sentence, [value, login]] of Object.entries(VALUES)) {
    test(sentence, () => {
      const data = { password: Buffer.from(value).toString('base64') };
      assert.deepEqual(loginOf('login', { data }), login);
    });
  }
  test('may not exist', () => assert.deepEqual(loginOf('login', undefined), NOT_THERE));
  test('may lack the key', () => assert.deepEqual(loginOf('login', { data: { other: '' } }), NO_KEY));
});
