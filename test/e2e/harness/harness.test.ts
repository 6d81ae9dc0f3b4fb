/** The harness's own parsers and polling. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CHECKOUT } from '../../../cluster/layout.ts';
import { chooseFrom } from '../selection.ts';
import { eventually, NotReachedError } from './eventually.ts';
import { quickStartCommands } from './readme.ts';
import { parseInstances } from './redis-cli.ts';

describe('the harness', () => {
  test('polling returns what the probe finds in the end', async () => {
    let count = 0;
    const probe = async (): Promise<number> => {
      count++;
      if (count < 3) throw new Error('too early');
      return count;
    };
    assert.equal(await eventually('it counts to three', 5_000, probe), 3);
  });

  test('polling in vain tells what was waited for and what was seen last', async () => {
    const inVain = eventually('there is one master', 0, () => Promise.reject(new Error('two masters')));
    await assert.rejects(inVain, (error) => {
      assert.ok(error instanceof NotReachedError);
      assert.match(error.message, /there is one master\nlast seen: two masters/);
      return true;
    });
  });

  test('names and values in turn become instances, empty values and spaces included', () => {
    const text = 'name\nmymaster\nip\n10.0.0.1\nflags\n\nname\nother\nrole reported\nslave\n';
    assert.deepEqual(parseInstances(text), [
      { name: 'mymaster', ip: '10.0.0.1', flags: '' },
      { name: 'other', 'role reported': 'slave' },
    ]);
    assert.deepEqual(parseInstances('\n'), []);
  });

  test('the README has the five commands of the quick start', () => {
    const commands = quickStartCommands(readFileSync(join(CHECKOUT, 'README.md'), 'utf8'));
    assert.equal(commands.length, 5);
    assert.equal(commands[0], 'helm install redis-operator ./helm/qs-redis-operator');
  });
});

describe('the choice of tests', () => {
  const texts: Readonly<Record<string, string>> = {
    'test/e2e/crash.test.ts': "add('the master is killed')",
    'test/e2e/scale.test.ts': "add('three become five (and back)')",
  };
  const choose = (...patterns: readonly string[]) =>
    chooseFrom(Object.keys(texts), { patterns, read: (file) => texts[file] ?? '' });

  test('without a pattern everything runs', () => {
    assert.deepEqual(choose(), { files: Object.keys(texts), options: [] });
  });

  test("a pattern in a file's name chooses the whole file", () => {
    assert.deepEqual(choose('CRASH'), { files: ['test/e2e/crash.test.ts'], options: [] });
  });

  test("a pattern in a test's name chooses that test, its special characters taken as they are", () => {
    assert.deepEqual(choose('five (and'), {
      files: ['test/e2e/scale.test.ts'],
      options: [String.raw`--test-name-pattern=/five \(and/i`],
    });
  });

  test('a pattern that nothing has is an error', () => {
    assert.throws(() => choose('weather'), /no test has weather/);
  });
});
