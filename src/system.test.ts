import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, systemRandom } from './system.ts';

test('a sleep ends with the reason of its signal', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await assert.rejects(sleeping, reason);
  await assert.rejects(systemClock.sleep(60_000, controller.signal), reason);
});

test('a timer calls back once, and not at all when cancelled', async () => {
  const called: string[] = [];
  const cancel = systemClock.after(1, () => called.push('cancelled'));
  const { promise, resolve } = Promise.withResolvers<void>();
  systemClock.after(2, () => {
    called.push('due');
    resolve();
  });
  cancel();
  await promise;
  assert.deepEqual(called, ['due']);
});

test('the monotonic clock does not go back and numbers stay within their range', () => {
  const before = systemClock.monotonicMs();
  assert.ok(systemClock.monotonicMs() >= before);
  const number = systemRandom.next();
  assert.ok(number >= 0 && number < 1);
  assert.match(systemRandom.uuid(), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});
