import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Event } from 'kubernetes-types/core/v1.js';
import { SimClock } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimLog } from '../../sim/log.ts';
import { SimRandom } from '../../sim/random.ts';
import { createEventRecorder, EVENTS, type EventSink, type Notice } from './events.ts';

const signal = new AbortController().signal;
let clock = new SimClock();
let log = new SimLog();
let api = new SimKubeApi({ clock, random: new SimRandom(1) });
let record: EventSink = createEventRecorder({ api, clock, random: new SimRandom(2), log, component: 'operator' });

beforeEach(() => {
  clock = new SimClock();
  log = new SimLog();
  api = new SimKubeApi({ clock, random: new SimRandom(1) });
  record = createEventRecorder({ api, clock, random: new SimRandom(2), log, component: 'operator' });
});

const notice = (message = 'rfr-a-1 is the master now'): Notice => ({
  regarding: { apiVersion: 'v1', kind: 'Thing', metadata: { namespace: 'default', name: 'a', uid: 'u' } },
  type: 'Normal',
  reason: 'MasterChanged',
  message,
});

const stored = async (): Promise<readonly Event[]> => {
  await record.drain();
  return (await api.list<Event>(EVENTS, { namespace: 'default' }, signal)).items;
};

test('an event names its object, its reason, and who says so', async () => {
  record(notice());
  assert.partialDeepStrictEqual(await stored(), [
    {
      involvedObject: { apiVersion: 'v1', kind: 'Thing', namespace: 'default', name: 'a', uid: 'u' },
      type: 'Normal',
      reason: 'MasterChanged',
      message: 'rfr-a-1 is the master now',
      count: 1,
      source: { component: 'operator' },
    },
  ]);
});

test('the same notice within ten minutes is counted, with the time of the last', async () => {
  record(notice());
  await clock.advance(300_000);
  record(notice());
  await clock.advance(300_000);
  record(notice());
  const [event, ...others] = await stored();
  assert.equal(event?.count, 3);
  assert.equal(Date.parse(event?.lastTimestamp ?? '') - Date.parse(event?.firstTimestamp ?? ''), 600_000);
  assert.deepEqual(others, []);
});

test('another message, or the same after ten quiet minutes, is another event', async () => {
  record(notice());
  record(notice('rfr-a-2 is the master now'));
  await clock.advance(600_000);
  record(notice());
  assert.equal((await stored()).length, 3);
});

test('an event that the API server has dropped is written anew', async () => {
  record(notice());
  for (const { metadata } of await stored()) {
    await api.delete(EVENTS, { namespace: 'default', name: metadata.name ?? '' }, signal);
  }
  record(notice());
  assert.equal((await stored())[0]?.count, 1);
});

test('an object that flaps gets 25 events, then one every five minutes', async () => {
  for (let number = 0; number < 40; number += 1) record(notice(`number ${number}`));
  assert.equal((await stored()).length, 25);
  await clock.advance(300_000);
  for (let number = 0; number < 3; number += 1) record(notice(`later ${number}`));
  assert.equal((await stored()).length, 26);
});

test('an event that cannot be written is logged and holds up no other', async () => {
  let failures = 1;
  const failing = intercept(api, () => {
    failures -= 1;
    if (failures >= 0) throw new Error('broken');
  });
  record = createEventRecorder({ api: failing, clock, random: new SimRandom(2), log, component: 'operator' });
  record(notice('first'));
  record(notice('second'));
  assert.deepEqual(
    (await stored()).map(({ message }) => message),
    ['second'],
  );
  assert.deepEqual(
    log.lines.map(({ message }) => message),
    ['event not written'],
  );
});

test('a message that is too long is cut', async () => {
  record(notice('x'.repeat(5000)));
  assert.equal((await stored())[0]?.message?.length, 1024);
});
