/** The hand-over with this failover's pods, Sentinels and labels. */
import { sentinelLogin } from '../core/credentials.ts';
import type { ActionOf, RedisTarget } from '../core/plan.ts';
import { readRedisFacts, replicaOf } from '../redis/commands.ts';
import { watchAnew } from './act-sentinel.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { handOverMaster, type Replica } from './hand-over.ts';
import { addressOf, isOutdated, type Occasion, type Outcome, redisLink, sentinelLink } from './occasion.ts';
import { labelRole, pinMaster, type RoleChange } from './role-label.ts';

/** Hands the master over to one of the action's replicas; the memory spaces out failed tries. */
export const handOver = async (
  context: Context,
  occasion: Occasion,
  action: ActionOf<'hand-over'>,
): Promise<Outcome> => {
  const { situation, memory } = occasion;
  const { quorum, port } = situation;
  memory.handOverFailedAt = situation.at;
  const master = redisLink(context, occasion, action.target);
  const sentinel = action.leader && sentinelLink(context, occasion, action.leader);
  const { runId, role } = await readRedisFacts(master, CALL_MS);
  if (runId !== action.target.runId || role !== 'master')
    return { kind: 'outdated', because: 'it is no master any more' };
  const old = { host: addressOf(situation.redis, action.target), port };
  const replicas = action.replicas.map((replica) => asReplica(context, occasion, replica));
  const result = await handOverMaster({
    clock: context.clock,
    master,
    replicas,
    sentinel,
    hurried: action.hurried,
    callOff: async () => {
      if (sentinel !== undefined) return watchAnew(sentinel, { master: old, quorum, login: sentinelLogin(situation) });
      await Promise.all(replicas.map(({ caller }) => replicaOf(caller, old, CALL_MS)));
    },
    relabel: async (target) => {
      await pinMaster(context, occasion, target.pod);
      await relabel(context, occasion, { target: action.target, role: 'slave' });
      const chosen = action.replicas.find((one) => one.pod === target.pod);
      if (chosen !== undefined) await relabel(context, occasion, { target: chosen, role: 'master' });
    },
  });
  if (result.kind === 'failed') {
    return { kind: 'failed', problem: { reason: 'HandOverFailed', message: `${action.target.pod}: ${result.step}` } };
  }
  memory.handOverFailedAt = undefined;
  return { kind: 'done', fields: result };
};

/** A pod that is gone or another by now needs no label. */
const relabel = async (context: Context, occasion: Occasion, change: RoleChange): Promise<void> => {
  try {
    await labelRole(context, occasion, change);
  } catch (error) {
    if (!isOutdated(error)) throw error;
  }
};

const asReplica = (context: Context, occasion: Occasion, target: RedisTarget): Replica => ({
  pod: target.pod,
  endpoint: { host: addressOf(occasion.situation.redis, target), port: occasion.situation.port },
  caller: redisLink(context, occasion, target),
});
