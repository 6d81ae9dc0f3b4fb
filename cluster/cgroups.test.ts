import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupPath, membershipFiles, parseOwnCgroup } from './cgroups.ts';

const HYBRID = `9:name=systemd:/
4:memory:/session/5ff5
3:cpuset:/
2:cpu,cpuacct:/
0::/
`;

test('with version 1 our group lies below the memory group of this process, in every hierarchy', () => {
  const tree = parseOwnCgroup(HYBRID);
  assert.deepEqual(tree.hierarchies, ['systemd', 'memory', 'cpuset', 'cpu,cpuacct', 'unified']);
  assert.equal(tree.path, '/session/5ff5/qs-redis-operator');
});

test('with version 2 our group lies at the top', () => {
  assert.deepEqual(parseOwnCgroup('0::/user.slice/session-1.scope\n'), {
    hierarchies: [''],
    path: '/qs-redis-operator',
  });
});

test('without a memory hierarchy our group lies at the top', () => {
  assert.equal(parseOwnCgroup('2:cpu:/a\n').path, '/qs-redis-operator');
});

test('a process joins its group in every hierarchy', () => {
  const tree = { hierarchies: ['memory', 'pids'], path: '/a/qs-redis-operator' };
  assert.equal(groupPath(tree, 'node1'), '/a/qs-redis-operator/node1');
  assert.deepEqual(membershipFiles(tree, 'system'), [
    '/sys/fs/cgroup/memory/a/qs-redis-operator/system/cgroup.procs',
    '/sys/fs/cgroup/pids/a/qs-redis-operator/system/cgroup.procs',
  ]);
});
