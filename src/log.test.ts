import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from './log.ts';
import type { Log } from './ports.ts';

const collect = (level: string): { log: Log; lines: () => unknown[] } => {
  const written: string[] = [];
  const log = createLog({ level, name: 'test' }, { write: (line) => written.push(line) });
  return { log, lines: () => written.map((line): unknown => JSON.parse(line)) };
};

test('a line has a word for its level, an ISO time, the message and the fields of its ancestors', () => {
  const { log, lines } = collect('info');
  log.child({ failover: 'default/a' }).warn('master unreachable', { pod: 'rfr-a-0' });
  assert.match(JSON.stringify(lines()), /"time":"\d{4}-\d\d-\d\dT[\d:.]+Z"/);
  assert.partialDeepStrictEqual(lines()[0], {
    level: 'warn',
    name: 'test',
    msg: 'master unreachable',
    failover: 'default/a',
    pod: 'rfr-a-0',
  });
});

test('lines below the level are not written', () => {
  const { log, lines } = collect('warn');
  log.debug('a');
  log.info('b');
  log.error('c');
  assert.equal(lines().length, 1);
});

test('a level that does not exist is refused', () => {
  assert.throws(() => collect('loud'));
});

test('values of fields that may hold a secret are not written, two levels deep', () => {
  const { log, lines } = collect('debug');
  log.info('dialed', { password: 'hunter2', options: { auth: 'hunter2', deeper: { token: 'hunter2' } } });
  assert.ok(!JSON.stringify(lines()).includes('hunter2'));
});

test('an error is written with its code and cause', () => {
  const { log, lines } = collect('info');
  const error = Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'timeout' });
  log.error('failed', { error });
  const text = JSON.stringify(lines());
  for (const part of ['outer', 'inner', '"code":"timeout"']) assert.ok(text.includes(part), part);
});
