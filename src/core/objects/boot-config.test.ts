import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { bootLines, isReadAtStart, startLines } from './boot-config.ts';

const DEFAULTS = ['save 900 1', 'save 300 10', 'repl-backlog-size 16mb', 'repl-diskless-sync-delay 1'];

const CASES: Readonly<Record<string, readonly [customConfig: readonly string[], lines: readonly string[]]>> = {
  'nothing asked for leaves the defaults': [[], DEFAULTS],
  'a parameter that matters at boot is in the file': [['appendonly yes'], [...DEFAULTS, 'appendonly yes']],
  'names are read whatever their case': [['AppendOnly YES'], [...DEFAULTS, 'appendonly YES']],
  'quotes around the values are dropped': [['maxmemory "100mb"'], [...DEFAULTS, 'maxmemory 100mb']],
  'the last line about a parameter wins': [
    ['maxmemory 1gb', 'maxmemory 2gb'],
    [...DEFAULTS, 'maxmemory 2gb'],
  ],
  'a save line replaces the save points': [['save 60 100'], ['save 60 100', ...DEFAULTS.slice(2)]],
  'several pairs become one line each': [
    ['save 60 100 10 1000'],
    ['save 60 100', 'save 10 1000', ...DEFAULTS.slice(2)],
  ],
  'save "" switches snapshots off': [['save ""'], ['save ""', ...DEFAULTS.slice(2)]],
  'save without values means the same': [['save'], ['save ""', ...DEFAULTS.slice(2)]],
  'a parameter that is applied at run time is not in the file': [['timeout 300'], DEFAULTS],
  'names of files are not, for data would stay behind': [
    ['dbfilename other.rdb', 'appendfilename x', 'dir /tmp'],
    DEFAULTS,
  ],
  'what would lock users out is not': [
    ['requirepass secret', 'port 1', 'bind 127.0.0.1', 'replicaof a 1', 'user x on', 'aclfile x', 'masteruser x'],
    DEFAULTS,
  ],
  'an odd number of save values is not': [['save 60'], DEFAULTS],
  'a save point after no time is not': [['save 0 1'], DEFAULTS],
  'a value Redis does not know is not': [
    ['appendonly maybe', 'appendfsync', 'maxmemory-policy random', 'io-threads 0'],
    DEFAULTS,
  ],
  'a value too large is not': [['maxmemory 9999999999gb', 'io-threads 129', 'replica-priority 1e9'], DEFAULTS],
  'an empty backlog is not': [['repl-backlog-size 0mb'], DEFAULTS],
  'more values than one are not': [['appendonly yes no', 'maxmemory 1gb 2gb'], DEFAULTS],
  'a line break brings no second directive': [['appendonly yes\nrequirepass x', 'maxmemory 1gb\r\nport 1'], DEFAULTS],
  'a member of every object is no parameter': [['constructor x', 'toString', '__proto__ yes', ''], DEFAULTS],
};

describe('a line that only a new process takes', () => {
  for (const [line, expected] of Object.entries({
    'io-threads 4': true,
    'TCP-Backlog "1024"': true,
    'io-threads many': false,
    'maxmemory 1gb': false,
    'databases 32': false,
  })) {
    test(`${line}: ${expected}`, () => assert.equal(isReadAtStart(line), expected));
  }

  test('the last about a parameter counts, and their order does not', () => {
    assert.deepEqual(startLines(['io-threads 2', 'set-proc-title NO', 'io-threads 4']), [
      'io-threads 4',
      'set-proc-title no',
    ]);
  });
});

describe('lines of redis.conf', () => {
  for (const [sentence, [customConfig, lines]] of Object.entries(CASES)) {
    test(sentence, () => assert.deepEqual(bootLines(customConfig), lines));
  }

  test('whatever the user writes, each line is one plain directive of the table', () => {
    const name = fc.constantFrom('save', 'appendonly', 'maxmemory', 'io-threads', 'repl-backlog-size', 'requirepass');
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('yes', '1', '900 1', '""', '"', '1gb', '\n', '\u0000'),
    );
    const line = fc.tuple(name, fc.constantFrom(' ', '\n', '\t'), value).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (customConfig) => {
        for (const written of bootLines(customConfig)) assert.match(written, /^[a-z-]+ (""|[\w-]+( \d+)?)$/);
      }),
    );
  });
});
