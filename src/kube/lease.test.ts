import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { Lease } from 'kubernetes-types/coordination/v1.js';
import { SimClock, settle } from '../../sim/clock.ts';
import { intercept } from '../../sim/intercept.ts';
import { SimKubeApi } from '../../sim/kube-api.ts';
import { SimLog } from '../../sim/log.ts';
import { SimRandom } from '../../sim/random.ts';
import type { KubeApi } from '../ports.ts';
import { KubeApiError } from './errors.ts';
import { type LeadOutcome, lead } from './lease.ts';
import { LEASES, microTime } from './lease-record.ts';

let clock = new SimClock();
let random = new SimRandom(1);
let api = new SimKubeApi({ clock, random });

beforeEach(() => {
  clock = new SimClock();
  random = new SimRandom(1);
  api = new SimKubeApi({ clock, random });
});

type Candidate = {
  leads: boolean;
  readonly stop: AbortController;
  readonly outcome: Promise<LeadOutcome>;
};

/** Runs for the lease; leads until told to stop. */
const run = (identity: string, through: KubeApi = api): Candidate => {
  const stop = new AbortController();
  const options = { api: through, clock, random, log: new SimLog(), namespace: 'default', name: 'operator', identity };
  const work = async (signal: AbortSignal): Promise<void> => {
    candidate.leads = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    candidate.leads = false;
  };
  const candidate: Candidate = { leads: false, stop, outcome: lead(options, work, stop.signal) };
  return candidate;
};

const end = async (...candidates: readonly Candidate[]): Promise<void> => {
  for (const { stop } of candidates) stop.abort();
  await clock.advance(20_000);
  await Promise.all(candidates.map(({ outcome }) => outcome));
};

const stored = async (): Promise<Lease> => {
  const lease = await api.get<Lease>(LEASES, { namespace: 'default', name: 'operator' }, new AbortController().signal);
  assert.ok(lease);
  return lease;
};

/** The same API, but it fails as long as `isBroken` says so. */
const breaking = (isBroken: () => boolean): KubeApi =>
  intercept(api, () => {
    if (isBroken()) throw new KubeApiError({ code: 'unreachable', message: 'broken' });
  });

test('the first candidate leads at once and the second does not', async () => {
  const first = run('first');
  await settle();
  const second = run('second');
  await clock.advance(60_000);
  assert.deepEqual([first.leads, second.leads], [true, false]);
  await end(first, second);
});

test('the lease says who leads, since when, and when it was renewed, to the microsecond', async () => {
  const first = run('first');
  await settle();
  const startedAt = clock.now();
  await clock.advance(30_000);
  const { spec } = await stored();
  assert.partialDeepStrictEqual(spec, { holderIdentity: 'first', leaseDurationSeconds: 6, leaseTransitions: 0 });
  assert.equal(spec?.acquireTime, microTime(startedAt));
  assert.match(spec?.renewTime ?? '', /\.\d{6}Z$/);
  assert.ok(clock.now() - Date.parse(spec?.renewTime ?? '') < 3000);
  await end(first);
});

test('who stops gives the lease back, and the next one leads within a retry', async () => {
  const [first, second] = [run('first'), run('second')];
  await clock.advance(1000);
  first.stop.abort();
  await clock.advance(2500);
  assert.equal(await first.outcome, 'released');
  assert.equal(second.leads, true);
  assert.equal((await stored()).spec?.leaseTransitions, 1);
  await end(second);
});

test('who dies is followed after the duration of its lease', async () => {
  let dead = false;
  const first = run(
    'first',
    breaking(() => dead),
  );
  await settle();
  const second = run('second');
  await clock.advance(1000);
  dead = true;
  await clock.advance(4500);
  assert.equal(second.leads, false);
  await clock.advance(4000);
  assert.equal(second.leads, true);
  await end(first, second);
});

test('a leader that cannot renew stops before another one may start', async () => {
  let broken = false;
  const first = run(
    'first',
    breaking(() => broken),
  );
  await settle();
  const second = run('second');
  await clock.advance(1000);
  broken = true;
  for (let seconds = 0; seconds < 30; seconds += 1) {
    await clock.advance(1000);
    assert.ok(!(first.leads && second.leads), `two leaders after ${seconds} s`);
  }
  assert.equal(await first.outcome, 'lost');
  assert.equal(second.leads, true);
  await end(second);
});

test('a leader survives an API server that is away for a few seconds', async () => {
  let broken = false;
  const first = run(
    'first',
    breaking(() => broken),
  );
  await clock.advance(1000);
  broken = true;
  await clock.advance(4000);
  broken = false;
  await clock.advance(30_000);
  assert.equal(first.leads, true);
  await end(first);
});

test('a leader survives a renewal that is never answered', async () => {
  let hangs = false;
  const answering = breaking(() => false);
  const first = run('first', {
    ...answering,
    replace: (resource, object, signal) => {
      if (!hangs) return answering.replace(resource, object, signal);
      hangs = false;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('hung'))));
    },
  });
  await clock.advance(1000);
  hangs = true;
  await clock.advance(30_000);
  assert.deepEqual([hangs, first.leads], [false, true]);
  await end(first);
});

test('a leader whose lease somebody else took stops', async () => {
  const first = run('first');
  await clock.advance(1000);
  const lease = await stored();
  const spec = { ...lease.spec, holderIdentity: 'thief' };
  await api.replace<Lease>(LEASES, { ...lease, spec }, new AbortController().signal);
  await clock.advance(6000);
  assert.equal(await first.outcome, 'lost');
  assert.equal(first.leads, false);
});

test('the clock of the holder is not trusted: a lease is held while it keeps being renewed', async () => {
  const metadata = { namespace: 'default', name: 'operator' };
  const renew = async (): Promise<void> => {
    const spec = { holderIdentity: 'other', leaseDurationSeconds: 15, renewTime: microTime(random.next() * 1e12) };
    await api.apply<Lease>(LEASES, { metadata, spec }, new AbortController().signal);
  };
  await renew();
  const first = run('first');
  for (let renewals = 0; renewals < 6; renewals += 1) {
    await clock.advance(10_000);
    await renew();
  }
  assert.equal(first.leads, false);
  await clock.advance(20_000);
  assert.equal(first.leads, true);
  await end(first);
});

test('the lease is kept until the work has ended, and the failure of the work is passed on', async () => {
  const stop = new AbortController();
  const { promise, reject } = Promise.withResolvers<void>();
  const options = { api, clock, random, log: new SimLog(), namespace: 'default', name: 'operator', identity: 'first' };
  const outcome = lead(options, () => promise, stop.signal);
  await clock.advance(1000);
  stop.abort();
  await clock.advance(20_000);
  assert.equal((await stored()).spec?.holderIdentity, 'first');
  const failed = assert.rejects(outcome, /broke/);
  reject(new Error('it broke'));
  await clock.advance(1000);
  await failed;
  assert.equal((await stored()).spec?.holderIdentity, '');
});
