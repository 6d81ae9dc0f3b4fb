/** The actions on a single Redis. */
import type { ActionOf, RedisTarget } from '../core/plan.ts';
import type { Endpoint } from '../ports.ts';
import {
  configGet,
  configSet,
  readRedisFacts,
  replicaOf,
  requireReplicas as setRequiredReplicas,
} from '../redis/commands.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { applyLine } from './custom-config.ts';
import { DONE, type Occasion, type Outcome, redisLink } from './occasion.ts';

/** Promotes a Redis ('no one') or makes it a replica, if it is still the process and the role that was seen. */
export const follow = async (
  context: Context,
  occasion: Occasion,
  { target, master }: { readonly target: RedisTarget; readonly master: Endpoint | 'no one' },
): Promise<Outcome> => {
  const link = redisLink(context, occasion, target);
  const now = await readRedisFacts(link, CALL_MS);
  if (now.runId !== target.runId || now.role !== target.role) {
    return { kind: 'outdated', because: `${target.pod} restarted or changed its role` };
  }
  await replicaOf(link, master, CALL_MS);
  return DONE;
};

/** Sets the replica-priority of a Redis. */
export const rank = async (
  context: Context,
  occasion: Occasion,
  { target, priority }: ActionOf<'rank'>,
): Promise<Outcome> => {
  const setting = { parameter: 'replica-priority', value: String(priority) };
  await configSet(redisLink(context, occasion, target), setting, CALL_MS);
  return DONE;
};

/** Sets how many replicas a Redis requires to write. */
export const requireReplicas = async (
  context: Context,
  occasion: Occasion,
  { target, required }: ActionOf<'require-replicas'>,
): Promise<Outcome> => {
  await setRequiredReplicas(redisLink(context, occasion, target), required, CALL_MS);
  return DONE;
};

/** Sends the lines a process does not have, remembers what it made of each, and compares before it writes. */
export const configureRedis = async (
  context: Context,
  occasion: Occasion,
  action: ActionOf<'configure-redis'>,
): Promise<Outcome> => {
  const link = redisLink(context, occasion, action.target);
  const { runId } = await readRedisFacts(link, CALL_MS);
  for (const line of action.lines) {
    await applyLine(
      occasion.memory.ledger,
      { process: { uid: action.target.uid, id: runId }, line },
      async ({ parameter, value }) => {
        const current = await configGet(link, parameter, CALL_MS);
        if (current.get(parameter) !== value) await configSet(link, { parameter, value }, CALL_MS);
      },
    );
  }
  return DONE;
};
