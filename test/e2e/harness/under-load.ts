/** One fault or change while both clients write, from a settled failover to a settled failover. */
import assert from 'node:assert/strict';
import type { Summary } from '../../../bench/client/events.ts';
import type { Sizes } from './failover.ts';
import {
  acknowledged,
  type Load,
  type LoadOptions,
  lostOf,
  type PerClient,
  startLoad,
  stopLoad,
  writesAgain,
} from './load.ts';
import type { FailoverKey } from './pods.ts';
import { redisSession } from './redis-cli.ts';
import { type Settled, settled } from './views.ts';

type Disturbance = LoadOptions & {
  /** How the failover is settled before, and, unless `sizesAfter` says otherwise, afterwards. */
  readonly sizes: Sizes;
  readonly sizesAfter?: Sizes;
  /** Resolves when the fault has happened or the change is written. */
  readonly disturb: (before: Settled, load: Load) => Promise<unknown>;
};

export type Outcome = {
  readonly before: Settled;
  readonly after: Settled;
  readonly summaries: PerClient<Summary>;
};

/**
 * Resolves when both clients write again and the failover is settled. Whatever happened, keys that were acknowledged and
 * replicated before it must be there.
 */
export const underLoad = async (failover: FailoverKey, disturbance: Disturbance): Promise<Outcome> => {
  const { sizes, sizesAfter = sizes, disturb, ...options } = disturbance;
  const before = await settled(failover, sizes);
  const load = await startLoad(failover, options);
  const replicated = await replicatedWrites(load, before);
  await disturb(before, load);
  await writesAgain(load, await acknowledged(load));
  const after = await settled(failover, sizesAfter);
  await writesAgain(load, await acknowledged(load));
  const summaries = await stopLoad(load);
  requireReplicated(summaries.sentinel, replicated.sentinel);
  requireReplicated(summaries.service, replicated.service);
  return { before, after, summaries };
};

/** How many writes of each client every replica surely has: those before a marker that all have confirmed. */
const replicatedWrites = async (load: Load, { master, replicas }: Settled): Promise<PerClient<number>> => {
  const counts = await acknowledged(load);
  const commands = ['SET e2e:marker here', `WAIT ${replicas.length} 10000`];
  const [, confirmed] = (await redisSession(load.failover, master.name, commands)).split('\n');
  assert.equal(Number(confirmed), replicas.length, 'not all replicas confirmed a write before the fault');
  return counts;
};

const requireReplicated = ({ client, verification }: Summary, replicated: number): void => {
  if (verification.kind === 'failed') throw new Error(`the ${client} client could not verify: ${verification.message}`);
  const early = verification.lostKeys.filter(({ first }) => first < replicated);
  assert.deepEqual(early, [], `${client} client: writes are gone that all replicas had before the fault`);
};

/** The Redis pods, by UID, that were there before and still are. */
export const keptPods = ({ before, after }: Outcome): readonly string[] =>
  uids(after).filter((uid) => uids(before).includes(uid));

const uids = ({ master, replicas }: Settled): readonly string[] => [master, ...replicas].map(({ uid }) => uid);

/** No write that either client was told of is missing. */
export const requireNothingLost = ({ summaries }: Pick<Outcome, 'summaries'>): void => {
  const lost = { sentinel: lostOf(summaries.sentinel), service: lostOf(summaries.service) };
  assert.deepEqual(lost, { sentinel: 0, service: 0 }, 'acknowledged writes are lost');
};

/** Another pod is master and the old one, or the one that came back under its name, follows it. */
export const requireOldMasterFollows = ({ before, after }: Outcome): void => {
  assert.notEqual(after.master.name, before.master.name, 'the master did not change');
  const followers = after.replicas.map(({ name }) => name);
  assert.ok(
    followers.includes(before.master.name),
    `${before.master.name} is not among the replicas ${followers.join(', ')}`,
  );
};
