import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock, RedisConnection, RedisDialer } from '../ports.ts';
import { RedisError } from './errors.ts';
import { Link } from './links.ts';

/** A clock whose timers fire when the test says so. */
const manualClock = () => {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => 0,
    sleep: () => Promise.resolve(),
    after: (_ms, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  };
  const fire = (): void => {
    for (const timer of timers) {
      timers.delete(timer);
      timer();
    }
  };
  return { clock, fire, pending: () => timers.size };
};

/** A server that is up or refuses, and whose connections can be broken. */
const server = () => {
  const state = { up: true, open: new Set<() => void>() };
  const dialer: RedisDialer = {
    dial: () => {
      if (!state.up) return Promise.reject(new RedisError({ code: 'refused', message: 'refused' }));
      const { promise, resolve } = Promise.withResolvers<void>();
      state.open.add(resolve);
      const connection: RedisConnection = {
        call: () => Promise.resolve('PONG'),
        psubscribe: () => Promise.resolve(),
        closed: promise,
        close: resolve,
      };
      return Promise.resolve(connection);
    },
  };
  const crash = (): void => {
    state.up = false;
    for (const end of state.open) end();
    state.open.clear();
  };
  return { dialer, crash, start: () => (state.up = true) };
};

const settle = () => new Promise((resolve) => setImmediate(resolve));

const setup = () => {
  const time = manualClock();
  const redis = server();
  const events: string[] = [];
  const link = new Link({
    endpoint: { host: '10.0.0.1', port: 6379 },
    dialer: redis.dialer,
    clock: time.clock,
    random: { next: () => 0.5, uuid: () => '' },
    timeoutMs: 100,
    onLost: () => events.push('lost'),
    onRestored: () => events.push('restored'),
  });
  return { time, redis, events, link };
};

describe('a link', () => {
  test('dials on the first call', async () => {
    const { link } = setup();
    assert.equal(await link.call(['PING'], 100), 'PONG');
  });

  test('learns at once that the process is gone, and says so without waiting', async () => {
    const { link, redis, events } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    await settle();
    assert.deepEqual(events, ['lost', 'lost']);
    await assert.rejects(link.call(['PING'], 100), { code: 'refused' });
  });

  test('reports when the process is back', async () => {
    const { link, redis, events, time } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    await settle();
    redis.start();
    time.fire();
    await settle();
    assert.deepEqual(events, ['lost', 'lost', 'restored']);
    assert.equal(await link.call(['PING'], 100), 'PONG');
  });

  test('keeps dialing while the process is away, with one timer', async () => {
    const { link, redis, time } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    for (let round = 0; round < 5; round += 1) {
      await settle();
      assert.equal(time.pending(), 1);
      time.fire();
    }
  });

  test('leaves nothing behind when it is closed', async () => {
    const { link, redis, time } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    await settle();
    link.close();
    assert.equal(time.pending(), 0);
    await assert.rejects(link.call(['PING'], 100), { code: 'closed' });
  });
});
