import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kubernetesVersion, linkerFlags } from './binaries.ts';

test('the version of Kubernetes is the one that go.mod pins', () => {
  const goMod = readFileSync(join(import.meta.dirname, 'tools', 'go.mod'), 'utf8');
  assert.match(kubernetesVersion(goMod), /^v1\.\d+\.\d+$/);
  assert.throws(() => kubernetesVersion('module x'), /does not require/);
});

test('nodes and kubectl report the version that was built', () => {
  assert.equal(
    linkerFlags('v1.34.4'),
    '-s -w -X k8s.io/component-base/version.gitVersion=v1.34.4' +
      ' -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34',
  );
});
