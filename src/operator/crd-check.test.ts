import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { redisFailoverCrd } from '../api/crd.ts';
import { KubeApiError } from '../kube/errors.ts';
import { checkCrd } from './crd-check.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './kinds.ts';

const signal = new AbortController().signal;

const withCrd = async (annotations: Record<string, string> | undefined): Promise<SimKubeApi> => {
  const api = new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) });
  const metadata = { name: redisFailoverCrd().metadata.name, ...(annotations && { annotations }) };
  await api.create(CUSTOM_RESOURCE_DEFINITIONS, { metadata }, signal);
  return api;
};

test('our CRD is healthy and stores the status', async () => {
  const { healthy, storesStatus } = await checkCrd(await withCrd(redisFailoverCrd().metadata.annotations), signal);
  assert.deepEqual([healthy, storesStatus], [true, true]);
});

test('the CRD of another operator is not, and it is said what to apply and where reports are', async () => {
  const { healthy, storesStatus, message } = await checkCrd(await withCrd(undefined), signal);
  assert.deepEqual([healthy, storesStatus], [false, false]);
  assert.match(message, /has schema version 0, .*redisfailovers\.yaml.*Events and lines of this log/);
});

test('a CRD that is missing or may not be read is named', async () => {
  const api = new SimKubeApi({ clock: new SimClock(), random: new SimRandom(1) });
  assert.match((await checkCrd(api, signal)).message, /is not installed/);
  const denied = intercept(api, () => {
    throw new KubeApiError({ code: 'forbidden', message: 'not yours' });
  });
  const { storesStatus, message } = await checkCrd(denied, signal);
  assert.equal(storesStatus, true);
  assert.match(message, /cannot be read: not yours/);
});
