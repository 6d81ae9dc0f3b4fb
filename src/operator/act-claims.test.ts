import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import type { ClaimRefusal } from '../core/observation.ts';
import { KubeApiError, type KubeErrorCode } from '../kube/errors.ts';
import { resizeClaim } from './act-claims.ts';

const ACTION = {
  kind: 'resize-claim',
  target: { claim: 'data-rfr-test-1', uid: 'uid-1', storageClass: 'slow' },
  size: '2Gi',
  why: { reason: 'VolumeResized', message: '' },
} as const;

/** The outcome, and what is remembered, when the API server answers with an error. */
const refused = async (code: KubeErrorCode, claimsRefused = new Map<string, ClaimRefusal>()) => {
  const clock = new SimClock();
  const api = intercept(new SimKubeApi({ clock, random: new SimRandom(1) }), () => {
    throw new KubeApiError({ code, message: 'the class does not allow it' });
  });
  const { signal } = new AbortController();
  const outcome = await resizeClaim({ api, clock }, { namespace: 'space', memory: { claimsRefused }, signal }, ACTION);
  return { outcome, claimsRefused };
};

describe('the new size of a claim', () => {
  for (const code of ['forbidden', 'invalid'] as const) {
    test(`that the API server refuses as ${code} is a problem that names the claim and its class`, async () => {
      const { outcome, claimsRefused } = await refused(code);
      const message = 'claim data-rfr-test-1 (storage class slow) does not get 2Gi: the class does not allow it';
      assert.deepEqual(outcome, { kind: 'failed', problem: { reason: 'VolumeNotGrown', message } });
      assert.equal(claimsRefused.get('uid-1')?.size, '2Gi');
    });
  }

  test('that was refused before is no new problem', async () => {
    const { outcome } = await refused('forbidden', (await refused('forbidden')).claimsRefused);
    assert.equal(outcome.kind, 'outdated');
  });

  for (const code of ['conflict', 'not-found', 'unreachable'] as const) {
    test(`is tried again after ${code}`, () => assert.rejects(refused(code), { code }));
  }
});
