/** The actions on a single Redis. */
import { divergenceOf } from '../core/divergence.ts';
import { isReadAtStart } from '../core/objects/boot-config.ts';
import type { ActionOf, RedisTarget } from '../core/plan.ts';
import type { Endpoint } from '../ports.ts';
import {
  configGet,
  configSet,
  readRedisFacts,
  replicaOf,
  requireReplicas as setRequiredReplicas,
} from '../redis/commands.ts';
import type { Link } from '../redis/links.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { applyLine, refuseFileNames } from './custom-config.ts';
import { DONE, type Occasion, type Outcome, redisLink } from './occasion.ts';

/** Promotes a Redis ('no one') or makes it a replica, if it is still the process and the role that was seen. */
export const follow = async (
  context: Context,
  occasion: Occasion,
  { target, master }: { readonly target: RedisTarget; readonly master: Endpoint | 'no one' },
): Promise<Outcome> => {
  const link = redisLink(context, occasion, target);
  if (!(await isUnchanged(link, target))) return changed(target);
  await replicaOf(link, master, CALL_MS);
  return DONE;
};

/**
 * Makes a second master a replica, and remembers what it held alone. That is asked right behind REPLICAOF, on the same
 * connection: it accepts no more writes then, and has its own history until the new master sends another.
 */
export const demote = async (
  context: Context,
  occasion: Occasion,
  { target, master }: ActionOf<'demote'>,
): Promise<Outcome> => {
  const { memory, situation } = occasion;
  const link = redisLink(context, occasion, target);
  if (!(await isUnchanged(link, target))) return changed(target);
  const [, answer] = await Promise.all([replicaOf(link, master, CALL_MS), readRedisFacts(link, CALL_MS)]);
  if (situation.master === undefined) return DONE;
  const divergence = divergenceOf({ name: target.pod, answer }, situation.master);
  if (divergence === undefined) return DONE;
  memory.divergence = { ...divergence, at: context.clock.now() };
  return { kind: 'done', fields: { divergentBytes: divergence.bytes } };
};

/** Whether it is still the process and the role that was seen. */
export const isUnchanged = async (link: Link, { runId, role }: RedisTarget): Promise<boolean> => {
  const now = await readRedisFacts(link, CALL_MS);
  return now.runId === runId && now.role === role;
};

/** It is not. */
export const changed = ({ pod }: RedisTarget): Outcome => ({
  kind: 'outdated',
  because: `${pod} restarted or changed its role`,
});

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
  const { customConfig } = occasion.situation.failover.spec.redis;
  for (const line of action.lines) {
    await applyLine(
      occasion.memory.ledger,
      { process: { uid: action.target.uid, id: runId }, line },
      async ({ parameter, value }) => {
        refuseFileNames(parameter);
        const current = (await configGet(link, parameter, CALL_MS)).get(parameter);
        // A version without this parameter has nothing to go back to.
        if (current === undefined && !customConfig.includes(line)) return 'accepted';
        if (isReadAtStart(line)) return isSame(current, value) ? 'accepted' : 'at-start';
        if (current !== value) await configSet(link, { parameter, value }, CALL_MS);
        return 'accepted';
      },
    );
  }
  return DONE;
};

/** Redis writes numbers without leading zeros and words in lower case. */
const isSame = (current: string | undefined, value: string): boolean =>
  current === value.toLowerCase() || (/^\d+$/.test(value) && current === String(Number(value)));
