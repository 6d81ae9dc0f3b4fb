import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentKubeconfig } from './state.ts';

test('the current kubeconfig is the first that KUBECONFIG names', () => {
  assert.equal(currentKubeconfig({ KUBECONFIG: '/a:/b' }), '/a');
  assert.equal(currentKubeconfig({ KUBECONFIG: ':/b' }), '/b');
});

test("without KUBECONFIG it is the user's", () => {
  assert.match(currentKubeconfig({}), /\/\.kube\/config$/);
  assert.match(currentKubeconfig({ KUBECONFIG: '' }), /\/\.kube\/config$/);
});
