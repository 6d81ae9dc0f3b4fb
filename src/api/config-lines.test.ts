import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConfigLine, parseConfigLine } from './config-lines.ts';

const CASES: Readonly<Record<string, readonly [string, ConfigLine]>> = {
  'a parameter and its value': ['maxmemory 100mb', { parameter: 'maxmemory', value: '100mb' }],
  'several words are one value': ['save 900 1 300 10', { parameter: 'save', value: '900 1 300 10' }],
  'two quotes are the empty value': ['save ""', { parameter: 'save', value: '' }],
  'single quotes are the empty value as well': ["save ''", { parameter: 'save', value: '' }],
  'quotes around the whole value are dropped': ['save "900 1"', { parameter: 'save', value: '900 1' }],
  'quotes around each word stay': ['x "a" "b"', { parameter: 'x', value: '"a" "b"' }],
  'a lone quote stays': ['x "', { parameter: 'x', value: '"' }],
  'blanks around do not count': ['  maxmemory \t 1gb  ', { parameter: 'maxmemory', value: '1gb' }],
  'blanks inside the value stay': ['loglevel a  b', { parameter: 'loglevel', value: 'a  b' }],
  'the parameter is in lower case, the value as written': ['MaxMemory 1GB', { parameter: 'maxmemory', value: '1GB' }],
  'no value is an empty one': ['save', { parameter: 'save', value: '' }],
  'nothing is nothing': ['', { parameter: '', value: '' }],
};

describe('a line of customConfig', () => {
  for (const [sentence, [line, expected]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(parseConfigLine(line), expected));
  }
});
