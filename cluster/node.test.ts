import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeOf } from './layout.ts';
import { cniConfig, containerdConfig, kubeletConfig } from './node.ts';

const node = nodeOf(2);

test("a node's pods get addresses of the node's own pod network", () => {
  assert.match(JSON.stringify(cniConfig(node)), /10\.244\.2\.0\/24/);
});

test('whatever containerd mounts lies below the folders that are cleaned up', () => {
  const config = containerdConfig(node);
  assert.match(config, /^root = "\/var\/lib\/qs-redis-operator\/node2\/containerd"$/m);
  assert.match(config, /^state = "\/run\/qs-redis-operator\/node2\/containerd"$/m);
  assert.match(config, /netns_mounts_under_state_dir = true/);
});

test('the kubelet keeps to the control group that it is given', () => {
  assert.match(JSON.stringify(kubeletConfig(node, '/session/node2')), /"cgroupRoot":"\/session\/node2"/);
});
