import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { SimClock, settle } from '../../sim/clock.ts';
import { SimRandom } from '../../sim/random.ts';
import { type Handler, type QueueHooks, WorkQueue } from './queue.ts';

const BACKOFF = { baseMs: 100, limitMs: 1000 };

/** A queue whose handlers note their key and then do what the test says. */
const start = (
  handler: Handler = async () => undefined,
  { workers = 1, hooks = {} }: { workers?: number; hooks?: QueueHooks } = {},
) => {
  const clock = new SimClock();
  const queue = new WorkQueue({ clock, random: new SimRandom(1), backoff: BACKOFF, hooks });
  const stop = new AbortController();
  const handled: string[] = [];
  const note: Handler = async (key) => {
    handled.push(key);
    await handler(key);
  };
  const running = queue.run(workers, note, stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { clock, queue, handled, stop, running, end };
};

/** A promise to be resolved by the test. */
const gate = (): PromiseWithResolvers<void> => Promise.withResolvers<void>();

test('a key that is added often waits once', async () => {
  const { queue, handled, end } = start();
  for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
  await settle();
  assert.deepEqual(handled, ['a', 'b']);
  await end();
});

test('a key added while it is worked on is worked on once more afterwards', async () => {
  const { promise, resolve } = gate();
  const { queue, handled, end } = start(() => promise, { workers: 2 });
  queue.add('a');
  await settle();
  queue.add('a');
  queue.add('a');
  await settle();
  assert.deepEqual(handled, ['a']);
  resolve();
  await settle();
  assert.deepEqual(handled, ['a', 'a']);
  await end();
});

test('a key that is worked on for long holds up no other', async () => {
  const { promise, resolve } = gate();
  const { queue, handled, end } = start((key) => (key === 'slow' ? promise : Promise.resolve()), { workers: 2 });
  for (const key of ['slow', 'b', 'c']) queue.add(key);
  await settle();
  assert.deepEqual(handled, ['slow', 'b', 'c']);
  resolve();
  await end();
});

test('of several delays of a key the earliest counts', async () => {
  const { clock, queue, handled, end } = start();
  queue.addAfter('a', 500);
  queue.addAfter('a', 100);
  queue.addAfter('a', 300);
  await clock.advance(100);
  assert.deepEqual(handled, ['a']);
  await clock.advance(1000);
  assert.deepEqual(handled, ['a']);
  await end();
});

const fail: Handler = async () => {
  throw new Error('no');
};

test('a key whose handler throws is tried again, less and less often', async () => {
  const errors: string[] = [];
  const { clock, handled, queue, end } = start(fail, { hooks: { onError: (key) => errors.push(key) } });
  queue.add('a');
  await clock.advance(100);
  const soon = handled.length;
  await clock.advance(10_000);
  assert.equal(soon, 2);
  assert.ok(handled.length > 10 && handled.length < 30, `${handled.length} tries`);
  assert.equal(errors.length, handled.length);
  await end();
});

test('a success forgets the failures before it', async () => {
  const { queue, clock, end } = start();
  for (let failures = 0; failures < 5; failures += 1) queue.retry('a');
  await clock.advance(5000);
  assert.ok(queue.retry('a') <= BACKOFF.baseMs);
  await end();
});

test('a handler that asks for a retry has not succeeded', async () => {
  const delays: number[] = [];
  const { queue, clock, end } = start(async (key) => {
    delays.push(queue.retry(key));
  });
  queue.add('a');
  await clock.advance(350);
  assert.ok(delays.length >= 2);
  assert.deepEqual(
    delays,
    delays.toSorted((left, right) => left - right),
  );
  await end();
});

test('shutdown waits for the handlers at work and drops what waits', async () => {
  const { promise, resolve } = gate();
  const { queue, handled, stop, running } = start(() => promise);
  queue.add('a');
  await settle();
  queue.add('b');
  queue.addAfter('c', 10);
  stop.abort();
  const first = await Promise.race([running.then(() => 'ended'), settle().then(() => 'waiting')]);
  assert.equal(first, 'waiting');
  resolve();
  await running;
  assert.deepEqual(handled, ['a']);
});

test('the hooks tell depth, waits and work', async () => {
  const told = { depth: [] as number[], waited: [] as number[], worked: [] as number[] };
  const { promise, resolve } = gate();
  const hooks: QueueHooks = {
    onDepth: (depth) => told.depth.push(depth),
    onWaited: (waitedMs) => told.waited.push(waitedMs),
    onWorked: (workedMs) => told.worked.push(workedMs),
  };
  const { clock, queue, end } = start(() => promise, { hooks });
  queue.add('a');
  await settle();
  queue.add('b');
  await clock.advance(50);
  resolve();
  await settle();
  assert.deepEqual(told, { depth: [1, 0, 1, 0], waited: [0, 50], worked: [50, 0] });
  await end();
});

type Move = { readonly kind: 'add' | 'delay' | 'advance'; readonly key: string; readonly ms: number };

const move: fc.Arbitrary<Move> = fc.record({
  kind: fc.constantFrom('add', 'delay', 'advance'),
  key: fc.constantFrom('a', 'b', 'c'),
  ms: fc.nat(20),
});

test('whatever happens, no key has two handlers at once and none that was added is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(move, { maxLength: 40 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(),
      async (moves, workers, seed) => {
        const random = new SimRandom(seed);
        const [active, pending] = [new Set<string>(), new Set<string>()];
        const clock = new SimClock();
        const queue = new WorkQueue({ clock, random, backoff: BACKOFF });
        const stop = new AbortController();
        const work: Handler = async (key) => {
          assert.ok(!active.has(key), `two handlers for ${key}`);
          active.add(key);
          pending.delete(key);
          await clock.sleep(random.next() * 30);
          active.delete(key);
          if (random.next() < 0.2) throw new Error('fails now and then');
        };
        const running = queue.run(workers, work, stop.signal);
        for (const { kind, key, ms } of moves) {
          if (kind !== 'advance') pending.add(key);
          if (kind === 'add') queue.add(key);
          if (kind === 'delay') queue.addAfter(key, ms);
          if (kind === 'advance') await clock.advance(ms);
        }
        await clock.advance(10_000);
        assert.deepEqual([...pending, ...active], []);
        stop.abort();
        await running;
      },
    ),
    { numRuns: 50 },
  );
});
