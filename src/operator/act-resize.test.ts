import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { KubeApiError, type KubeErrorCode } from '../kube/errors.ts';
import { resizePod } from './act-resize.ts';

const ACTION = {
  kind: 'resize-pod',
  target: { pod: 'rfr-test-1', uid: 'uid-1' },
  resources: { redis: { limits: { memory: '1Gi' } } },
  revision: 'rev1',
  why: { reason: 'PodResized', message: '' },
} as const;

/** The outcome, and what is remembered, when the API server answers with an error. */
const refused = async (code: KubeErrorCode) => {
  const memory = { resizesRefused: new Map<string, string>() };
  const api = intercept(new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) }), () => {
    throw new KubeApiError({ code, message: 'refused' });
  });
  const { signal } = new AbortController();
  const { kind } = await resizePod({ api }, { namespace: 'space', memory, signal }, ACTION);
  return { kind, remembered: [...memory.resizesRefused] };
};

describe('the resize of a running pod', () => {
  for (const code of ['not-found', 'invalid'] as const) {
    test(`is remembered as refused for good when the API server says ${code}`, async () => {
      assert.deepEqual(await refused(code), { kind: 'outdated', remembered: [['uid-1', 'rev1']] });
    });
  }

  test('is a failure when a quota forbids it, and the pod is not replaced instead', async () => {
    assert.deepEqual(await refused('forbidden'), { kind: 'failed', remembered: [] });
  });

  for (const code of ['conflict', 'unreachable'] as const) {
    test(`is tried again after ${code}`, () => assert.rejects(refused(code), { code }));
  }
});
