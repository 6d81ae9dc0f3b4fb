import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountsBelow } from './mounts.ts';

const MOUNTINFO = String.raw`20 1 0:1 / / rw - ext4 /dev/vda rw
30 20 0:2 / /run/cluster/node1 rw - tmpfs tmpfs rw
31 30 0:3 / /run/cluster/node1/with\040space rw - tmpfs tmpfs rw
32 20 0:4 / /run/cluster-of-another rw - tmpfs tmpfs rw
`;

test('mounts are taken down from the latest to the first', () => {
  assert.deepEqual(mountsBelow(MOUNTINFO, '/run/cluster'), ['/run/cluster/node1/with space', '/run/cluster/node1']);
});

test('a folder that only begins with the same letters is left alone', () => {
  assert.deepEqual(mountsBelow(MOUNTINFO, '/run/clust'), []);
});
