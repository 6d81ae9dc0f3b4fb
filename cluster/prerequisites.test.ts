import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingPackages } from './prerequisites.ts';

test('a program is found in any of the folders of programs', () => {
  const all = missingPackages(() => false);
  assert.ok(all.includes('runc'));
  assert.ok(!missingPackages((file) => file === '/usr/sbin/runc').includes('runc'));
  assert.ok(!missingPackages((file) => file === '/usr/bin/runc').includes('runc'));
});

test('the network plugins are looked for where Debian puts them', () => {
  const missing = missingPackages((file) => file === '/usr/lib/cni/bridge');
  assert.ok(!missing.includes('containernetworking-plugins'));
});

test('nothing is installed when everything is there', () => {
  assert.deepEqual(
    missingPackages(() => true),
    [],
  );
});
