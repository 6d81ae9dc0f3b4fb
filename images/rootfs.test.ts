import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXPORTER_IMAGE } from '../src/api/pod-schema.ts';
import { STAND_INS } from './catalog.ts';
import { mmdebstrapCommand } from './rootfs.ts';

test('a recipe names its packages and its Debian', () => {
  const recipe = { suite: 'trixie', variant: 'essential', packages: ['a', 'b'], customize: 'true' } as const;
  const command = mmdebstrapCommand(recipe, '/tmp/rootfs.tar');
  assert.ok(command.includes('--include=a,b'));
  assert.deepEqual(command.slice(-2), ['trixie', '/tmp/rootfs.tar']);
  assert.ok(command.includes('--customize-hook=cd "$1" && { true; }'));
});

test('stand-ins carry the names of public images', () => {
  assert.deepEqual(
    STAND_INS.map((recipe) => `${recipe.repository}:${recipe.series}`),
    [
      'docker.io/library/redis:7.0',
      'docker.io/library/redis:8.0',
      'docker.io/valkey/valkey:8.1',
      'registry.example.com/plain-valkey:8.1',
      EXPORTER_IMAGE,
    ],
  );
});
