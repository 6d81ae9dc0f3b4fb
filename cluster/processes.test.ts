import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseStat } from './processes.ts';

const FIELDS = '1 71 71 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 13 0 8815 26378240';

test('a process is known by its pid and its start time', () => {
  assert.deepEqual(parseStat(`71 (kubelet) S ${FIELDS}`), { pid: 71, startTime: '8815', zombie: false });
});

test('a name with spaces and parentheses does not move the fields', () => {
  assert.deepEqual(parseStat(`71 (a) (b c) S ${FIELDS}`), { pid: 71, startTime: '8815', zombie: false });
});

test('a process that waits to be reaped is told from a running one', () => {
  assert.equal(parseStat(`71 (kubelet) Z ${FIELDS}`)?.zombie, true);
});

test('an empty or broken record is no process', () => {
  assert.equal(parseStat(''), undefined);
  assert.equal(parseStat('71 (kub'), undefined);
});

test('the kernel writes what is parsed', () => {
  assert.equal(parseStat(readFileSync('/proc/self/stat', 'utf8'))?.pid, process.pid);
});
