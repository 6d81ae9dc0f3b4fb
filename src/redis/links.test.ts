import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock, RedisConnection, RedisDialer } from '../ports.ts';
import { RedisError } from './errors.ts';
import { Link, type LinkOptions } from './links.ts';

/** A clock that stands still unless the test moves it. */
const manualClock = () => {
  const timers = new Set<() => void>();
  const state = { nowMs: 0 };
  const clock: Clock = {
    now: () => 0,
    monotonicMs: () => state.nowMs,
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
  const pass = (ms: number): void => {
    state.nowMs += ms;
  };
  return { clock, fire, pass, pending: () => timers.size };
};

type Mode = 'up' | 'refuses' | 'hangs' | 'drops';

/** A server that answers, refuses, hangs, or drops every connection, and whose connections can be broken. */
const server = () => {
  const state = { mode: 'up' as Mode, dials: 0, subscribed: 0, password: undefined as string | undefined };
  const open = new Set<() => void>();
  const connect = (): RedisConnection => {
    const { promise, resolve } = Promise.withResolvers<void>();
    open.add(resolve);
    if (state.mode === 'drops') resolve();
    return {
      call: () => (state.mode === 'hangs' ? Promise.reject(failure('timeout')) : Promise.resolve('PONG')),
      psubscribe: () => {
        state.subscribed += 1;
        return Promise.resolve();
      },
      closed: promise,
      close: resolve,
    };
  };
  const dialer: RedisDialer = {
    dial: (_endpoint, { user, password }) => {
      state.dials += 1;
      if (state.password !== undefined && password !== state.password) return Promise.reject(failure('auth', user));
      if (state.mode === 'refuses') return Promise.reject(failure('refused'));
      if (state.mode === 'hangs') return Promise.reject(failure('timeout'));
      return Promise.resolve(connect());
    },
  };
  const turn = (mode: Mode): void => {
    state.mode = mode;
  };
  const crash = (): void => {
    turn('refuses');
    for (const end of open) end();
    open.clear();
  };
  return { dialer, state, turn, crash };
};

const failure = (code: 'refused' | 'timeout' | 'auth', user = ''): RedisError =>
  new RedisError({ code, message: `${code}${user}` });

const settle = () => new Promise((resolve) => setImmediate(resolve));

const setup = (logins: LinkOptions['logins'] = []) => {
  const time = manualClock();
  const redis = server();
  const events: string[] = [];
  const link = new Link({
    endpoint: { host: '10.0.0.1', port: 6379 },
    dialer: redis.dialer,
    clock: time.clock,
    random: { next: () => 0.5, uuid: () => '' },
    logins,
    timeoutMs: 100,
    subscribe: ['+switch-master'],
    onMessage: () => undefined,
    onLost: ({ code }) => events.push(code),
    onRestored: () => events.push('restored'),
  });
  return { time, redis, events, link };
};

describe('a link', () => {
  test('dials on the first call', async () => {
    const { link } = setup();
    assert.equal(await link.call(['PING'], 100), 'PONG');
  });

  test('tries its logins in their order until one is not refused', async () => {
    const { link, redis } = setup([{ user: 'a', password: '1' }, { password: '2' }, {}]);
    redis.state.password = '2';
    assert.equal(await link.call(['PING'], 100), 'PONG');
    assert.equal(redis.state.dials, 2);
  });

  test('says what was said of the first when all are refused', async () => {
    const { link, redis } = setup([{ user: 'a', password: '1' }, {}]);
    redis.state.password = 'other';
    await assert.rejects(link.call(['PING'], 100), { code: 'auth', message: 'autha' });
  });

  test('does not try another login where nothing listens', async () => {
    const { link, redis } = setup([{ password: '1' }, {}]);
    redis.turn('refuses');
    await assert.rejects(link.call(['PING'], 100), { code: 'refused' });
    assert.equal(redis.state.dials, 1);
  });

  test('learns at once that the process is gone, and says so without waiting', async () => {
    const { link, redis, events } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    await settle();
    assert.deepEqual(events, ['closed', 'refused']);
    await assert.rejects(link.call(['PING'], 100), { code: 'refused' });
  });

  test('reports when the process is back', async () => {
    const { link, redis, events, time } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    await settle();
    redis.turn('up');
    time.fire();
    await settle();
    assert.deepEqual(events, ['closed', 'refused', 'restored']);
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

  test('dials once for calls that come together', async () => {
    const { link, redis } = setup();
    assert.deepEqual(await Promise.all([link.call(['PING'], 100), link.call(['PING'], 100)]), ['PONG', 'PONG']);
    assert.equal(redis.state.dials, 1);
  });

  test('tries again when it is used after a refusal, without waiting for its timer', async () => {
    const { link, redis, time, events } = setup();
    redis.turn('refuses');
    await assert.rejects(link.call(['PING'], 100), { code: 'refused' });
    redis.turn('up');
    time.pass(100);
    assert.equal(await link.call(['PING'], 100), 'PONG');
    assert.deepEqual([events, time.pending()], [['refused', 'restored'], 0]);
  });

  test('lets nobody wait for a server that does not answer', async () => {
    const { link, redis, time, events } = setup();
    await link.call(['PING'], 100);
    redis.turn('hangs');
    await assert.rejects(link.call(['PING'], 100), { code: 'timeout' });
    await settle();
    time.pass(60_000);
    await assert.rejects(link.call(['PING'], 100), { code: 'timeout' });
    assert.deepEqual([events, redis.state.dials, time.pending()], [['timeout'], 2, 1]);
  });

  test('does not hammer a server that drops every connection at once', async () => {
    const { link, redis, time } = setup();
    redis.turn('drops');
    await link.call(['PING'], 100);
    for (let round = 0; round < 3; round += 1) await settle();
    assert.deepEqual([redis.state.dials, time.pending()], [2, 1]);
    time.fire();
    await settle();
    assert.deepEqual([redis.state.dials, time.pending()], [3, 1]);
  });

  test('subscribes again on every new connection', async () => {
    const { link, redis, time } = setup();
    await link.call(['PING'], 100);
    redis.crash();
    await settle();
    redis.turn('up');
    time.fire();
    await settle();
    assert.equal(redis.state.subscribed, 2);
  });

  test('keeps no connection that was opened while it was closed', async () => {
    const { link, redis } = setup();
    const answer = link.call(['PING'], 100);
    link.close();
    await assert.rejects(answer, { code: 'closed' });
    redis.crash();
    await settle();
    assert.equal(redis.state.dials, 1);
  });
});
