import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { Event } from 'kubernetes-types/core/v1.js';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimRandom } from '../../sim/random.ts';
import { redisPod, sentinelPod } from '../core/fixtures.ts';
import { KubeApiError } from '../kube/errors.ts';
import { EVENTS } from '../kube/events.ts';
import type { Memory } from './context.ts';
import { lastWarning, warnings } from './warnings.ts';

const clock = new SimClock();
const { signal } = new AbortController();
/** Long since made. */
const createdAt = clock.now() - 60_000;
const STUCK = redisPod(1, { ready: false, createdAt });
const SET = { metadata: { uid: 'set-uid' }, spec: { replicas: 1, selector: {}, template: {}, serviceName: '' } };

let api = new SimKubeApi({ clock, random: new SimRandom(1) });
let memory: Pick<Memory, 'warnings'> = { warnings: undefined };
let questions = 0;

const event = (change: Partial<Event>): Event => ({
  metadata: { name: 'event', namespace: 'space' },
  involvedObject: { uid: STUCK.uid },
  type: 'Warning',
  reason: 'FailedMount',
  message: 'secret "none" not found ',
  lastTimestamp: '2026-01-01T00:00:10Z',
  ...change,
});

beforeEach(async () => {
  api = new SimKubeApi({ clock, random: new SimRandom(1) });
  memory = { warnings: undefined };
  questions = 0;
  await api.create(EVENTS, event({}), signal);
});

type Asked = Parameters<typeof warnings>[1];

const found = async (change: Partial<Asked> = {}, failure?: Error): Promise<readonly string[]> => {
  const counted = intercept(api, () => {
    questions += 1;
    if (failure !== undefined) throw failure;
  });
  const subject = { namespace: 'space', statefulSet: undefined, redis: [STUCK], sentinels: [], memory, ...change };
  const answer = await warnings({ api: counted, clock }, subject, signal);
  return [...answer].map(([uid, { reason, message }]) => `${uid} ${reason} ${message}`);
};

const OF_POD = [`${STUCK.uid} FailedMount secret "none" not found`];

const summary = (...events: readonly Event[]): string | undefined => {
  const last = lastWarning(events);
  return last && `${last.reason} ${last.latest}`;
};

describe('what Kubernetes warns of', () => {
  test('is read for a pod that is not ready', async () => {
    assert.deepEqual(await found(), OF_POD);
  });

  test('is not asked for while every pod is ready, new, or on its way out', async () => {
    const fresh = sentinelPod(0, { ready: false, createdAt: clock.now() - 4_000 });
    const redis = [redisPod(0), redisPod(1, { ready: false, deleting: true })];
    assert.deepEqual(await found({ statefulSet: SET, redis, sentinels: [fresh] }), []);
    assert.equal(questions, 0);
  });

  test('is asked for again after a while', async () => {
    assert.deepEqual([await found(), await found(), questions], [OF_POD, OF_POD, 1]);
    await clock.advance(5_000);
    assert.deepEqual([await found(), questions], [OF_POD, 2]);
  });

  test('is read for a StatefulSet that gets no pod', async () => {
    const refused = event({
      metadata: { name: 'of-set', namespace: 'space' },
      involvedObject: { uid: 'set-uid' },
      reason: 'FailedCreate',
      message: 'forbidden',
    });
    await api.create(EVENTS, refused, signal);
    assert.deepEqual(await found({ statefulSet: SET, redis: [] }), ['set-uid FailedCreate forbidden']);
  });

  test('is asked for of a few of many', async () => {
    await found({ redis: [0, 1, 2, 3, 4].map((ordinal) => redisPod(ordinal, { ready: false, createdAt })) });
    assert.equal(questions, 3);
  });

  test('is unknown where the operator may not read Events', async () => {
    assert.deepEqual(await found({}, new KubeApiError({ code: 'forbidden', message: 'no' })), []);
  });
});

describe('of several Events', () => {
  const probe = event({ reason: 'Unhealthy', lastTimestamp: '2026-01-01T00:00:30Z' });

  test('the newest Warning counts', () => {
    assert.equal(summary(probe, event({})), 'Unhealthy true');
    assert.equal(summary(event({ type: 'Normal' })), undefined);
  });

  test('one is not the latest where something happened since, to the second', () => {
    const { lastTimestamp: _none, ...started } = event({ type: 'Normal', eventTime: '2026-01-01T00:00:10.654321Z' });
    assert.equal(summary(event({}), started), 'FailedMount true');
    assert.equal(summary(event({}), { ...started, eventTime: '2026-01-01T00:00:11.000000Z' }), 'FailedMount false');
  });

  test('one that the state of the container says anyway does not', () => {
    assert.equal(summary(probe, event({ reason: 'BackOff', lastTimestamp: '2026-01-01T00:00:50Z' })), 'Unhealthy true');
  });
});
