import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NODE_LIMIT, nodesOf, parseNodeCount, RUNTIME } from './layout.ts';

const SOCKET_PATH_LIMIT_BYTES = 107;

test('NODES is one, two or three, and three when it is not set', () => {
  assert.equal(parseNodeCount(undefined), 3);
  assert.equal(parseNodeCount(''), 3);
  assert.equal(parseNodeCount('1'), 1);
  for (const wrong of ['0', '4', '1.5', 'many']) assert.throws(() => parseNodeCount(wrong), /between 1 and 3/);
});

test('nodes share no address, folder or name', () => {
  const nodes = nodesOf(NODE_LIMIT);
  const values = nodes.flatMap((node) => Object.values(node));
  assert.equal(new Set(values).size, values.length);
});

test('the path of the longest socket of a node stays under the limit of the kernel', () => {
  const [node] = nodesOf(1);
  const longest = `${node?.socket}.ttrpc`;
  assert.ok(longest.startsWith(RUNTIME) && longest.length < SOCKET_PATH_LIMIT_BYTES);
});
