/** Takes one action. Each checks first that its target is still what the decision was made on. */

import { parseConfigLine } from '../api/config-lines.ts';
import { MASTER_NAME, ROLE_LABEL } from '../api/names.ts';
import type { Action, PodTarget, Problem, RedisTarget, SentinelTarget } from '../core/plan.ts';
import type { Situation } from '../core/situation.ts';
import { KubeApiError } from '../kube/errors.ts';
import type { Endpoint } from '../ports.ts';
import {
  configGet,
  configSet,
  readRedisFacts,
  readSentinelFacts,
  replicaOf,
  sentinelFailover,
  sentinelMonitor,
  sentinelSet,
} from '../redis/commands.ts';
import { RedisError } from '../redis/errors.ts';
import type { Link } from '../redis/links.ts';
import { CALL_MS } from './connections.ts';
import type { Context, Memory } from './controller.ts';
import { handOverMaster, type Replica } from './hand-over.ts';
import { CLAIMS, PODS, resourceOf } from './kinds.ts';
import type { FailoverKey } from './watches.ts';

export type Occasion = {
  readonly key: FailoverKey;
  readonly situation: Situation;
  readonly memory: Memory;
  readonly action: Action;
  readonly signal: AbortSignal;
};

/** `outdated`: the world is not what it was any more; nothing was done and nothing is wrong. */
export type Outcome =
  | { readonly kind: 'done'; readonly fields?: object }
  | { readonly kind: 'outdated'; readonly because: string }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** Never rejects: what goes wrong is an outcome. */
export const act = async (context: Context, occasion: Occasion): Promise<Outcome> => {
  try {
    return await take(context, occasion);
  } catch (error) {
    return failure(occasion, error);
  }
};

const DONE: Outcome = { kind: 'done' };

const take = async (context: Context, occasion: Occasion): Promise<Outcome> => {
  const { action, situation, memory, signal } = occasion;
  const { api } = context;
  const namespace = situation.failover.metadata.namespace ?? '';
  switch (action.kind) {
    case 'apply':
      await api.apply(resourceOf(action.object), action.object, signal);
      return DONE;
    case 'delete-object': {
      const { name = '', uid = '' } = action.object.metadata ?? {};
      await api.delete(resourceOf(action.object), { namespace, name, uid }, signal);
      return DONE;
    }
    case 'own-claim':
      await api.mergePatch(CLAIMS, { namespace, name: action.claim, patch: action.patch }, signal);
      return DONE;
    case 'label': {
      const { pod, uid } = action.target;
      const patch = { metadata: { uid, labels: { [ROLE_LABEL]: action.role } } };
      await api.mergePatch(PODS, { namespace, name: pod, patch }, signal);
      return DONE;
    }
    case 'delete-pod': {
      const { pod, uid } = action.target;
      await api.delete(PODS, { namespace, name: pod, uid }, signal);
      return DONE;
    }
    case 'promote':
      return onRedis(context, occasion, action.target, (link) => replicaOf(link, 'no one', CALL_MS));
    case 'replicate':
    case 'demote':
      return onRedis(context, occasion, action.target, (link) => replicaOf(link, action.master, CALL_MS));
    case 'request-failover':
      return requestFailover(context, occasion, action);
    case 'monitor':
      return monitor(context, occasion, action);
    case 'authenticate-sentinel': {
      const { login } = situation;
      if (login.kind !== 'password') return { kind: 'outdated', because: 'there is no password' };
      memory.sentinelLogins.set(action.target.id, login.password);
      await sentinelSet(
        sentinelLink(context, occasion, action.target),
        { name: MASTER_NAME, option: 'auth-pass', value: login.password },
        CALL_MS,
      );
      return DONE;
    }
    case 'configure-redis':
      return configureRedis(context, occasion, action);
    case 'configure-sentinel':
      return configureSentinel(context, occasion, action);
    case 'hand-over':
      memory.handOverFailedAt = situation.at;
      return handOver(context, occasion, action);
  }
};

const onRedis = async (
  context: Context,
  occasion: Occasion,
  target: RedisTarget,
  command: (link: Link) => Promise<void>,
): Promise<Outcome> => {
  const link = redisLink(context, occasion, target);
  const now = await readRedisFacts(link, CALL_MS);
  if (now.runId !== target.runId || now.role !== target.role) {
    return { kind: 'outdated', because: `${target.pod} restarted or changed its role` };
  }
  await command(link);
  return DONE;
};

const requestFailover = async (
  context: Context,
  occasion: Occasion,
  action: Extract<Action, { kind: 'request-failover' }>,
): Promise<Outcome> => {
  occasion.memory.failoverRequestedAt = context.clock.now();
  const link = sentinelLink(context, occasion, action.target);
  const facts = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (facts.master?.ip !== action.watched.host)
    return { kind: 'outdated', because: 'the Sentinel watches another master by now' };
  await sentinelFailover(link, MASTER_NAME, CALL_MS);
  return DONE;
};

const monitor = async (
  context: Context,
  occasion: Occasion,
  action: Extract<Action, { kind: 'monitor' }>,
): Promise<Outcome> => {
  const { login } = occasion.situation;
  const link = sentinelLink(context, occasion, action.target);
  const facts = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (facts.master?.flags.includes('failover_in_progress') === true)
    return { kind: 'outdated', because: 'a failover began' };
  const password = login.kind === 'password' ? login.password : undefined;
  await watchAnew(link, { master: action.master, quorum: action.quorum, password });
  if (password !== undefined) occasion.memory.sentinelLogins.set(action.target.id, password);
  const lines = occasion.situation.failover.spec.sentinel.customConfig;
  await setSentinelLines(context, { link, process: action.target.id, lines });
  return DONE;
};

const watchAnew = (
  link: Link,
  {
    master,
    quorum,
    password,
  }: { readonly master: Endpoint; readonly quorum: number; readonly password: string | undefined },
): Promise<void> =>
  sentinelMonitor(
    link,
    { name: MASTER_NAME, endpoint: master, quorum, ...(password !== undefined && { password }) },
    CALL_MS,
  );

/** Sends the lines a process does not have, remembers what it made of each, and compares before it writes. */
const configureRedis = async (
  context: Context,
  occasion: Occasion,
  action: Extract<Action, { kind: 'configure-redis' }>,
): Promise<Outcome> => {
  const link = redisLink(context, occasion, action.target);
  const { runId } = await readRedisFacts(link, CALL_MS);
  for (const line of action.lines) {
    await recorded(context, { process: runId, line }, async ({ parameter, value }) => {
      const current = await configGet(link, parameter, CALL_MS);
      if (current.get(parameter) !== value) await configSet(link, { parameter, value }, CALL_MS);
    });
  }
  return DONE;
};

const configureSentinel = async (
  context: Context,
  occasion: Occasion,
  action: Extract<Action, { kind: 'configure-sentinel' }>,
): Promise<Outcome> => {
  const link = sentinelLink(context, occasion, action.target);
  const facts = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (facts.master === undefined) return { kind: 'outdated', because: 'it watches no master any more' };
  if (facts.master.quorum !== action.quorum) {
    await sentinelSet(link, { name: MASTER_NAME, option: 'quorum', value: String(action.quorum) }, CALL_MS);
  }
  await setSentinelLines(context, { link, process: facts.myId, lines: action.lines });
  return DONE;
};

const setSentinelLines = async (
  context: Context,
  { link, process, lines }: { readonly link: Link; readonly process: string; readonly lines: readonly string[] },
): Promise<void> => {
  for (const line of lines) {
    await recorded(context, { process, line }, ({ parameter, value }) =>
      sentinelSet(link, { name: MASTER_NAME, option: parameter, value }, CALL_MS),
    );
  }
};

/** Applies one line; a refusal is remembered and reported, anything else is the caller's. */
const recorded = async (
  { ledger }: Context,
  { process, line }: { readonly process: string; readonly line: string },
  apply: (parsed: { readonly parameter: string; readonly value: string }) => Promise<unknown>,
): Promise<void> => {
  try {
    await apply(parseConfigLine(line));
    ledger.record(process, line, { kind: 'accepted' });
  } catch (error) {
    if (!(error instanceof RedisError) || error.code !== 'reply') throw error;
    ledger.record(process, line, { kind: 'refused', error: error.message });
  }
};

const handOver = async (
  context: Context,
  occasion: Occasion,
  action: Extract<Action, { kind: 'hand-over' }>,
): Promise<Outcome> => {
  const { situation, signal, memory } = occasion;
  const link = sentinelLink(context, occasion, action.leader);
  const { login, quorum, port } = situation;
  const old = { host: addressOf(situation.redis, action.target), port };
  const password = login.kind === 'password' ? login.password : undefined;
  const label = async (target: PodTarget, role: 'master' | 'slave'): Promise<void> => {
    const patch = { metadata: { uid: target.uid, labels: { [ROLE_LABEL]: role } } };
    await context.api.mergePatch(
      PODS,
      { namespace: situation.failover.metadata.namespace ?? '', name: target.pod, patch },
      signal,
    );
  };
  const result = await handOverMaster({
    clock: context.clock,
    master: redisLink(context, occasion, action.target),
    replicas: action.replicas.map((replica) => asReplica(context, occasion, replica)),
    sentinel: link,
    callOff: () => watchAnew(link, { master: old, quorum, password }),
    relabel: async (target) => {
      await label(action.target, 'slave').catch(unlessOutdated);
      const chosen = action.replicas.find((one) => one.pod === target.pod);
      if (chosen !== undefined) await label(chosen, 'master').catch(unlessOutdated);
    },
  });
  if (result.kind === 'failed')
    return { kind: 'failed', problem: { reason: 'HandOverFailed', message: `${action.target.pod}: ${result.step}` } };
  memory.handOverFailedAt = undefined;
  return { kind: 'done', fields: result };
};

const asReplica = (context: Context, occasion: Occasion, target: RedisTarget): Replica => ({
  pod: target.pod,
  endpoint: { host: addressOf(occasion.situation.redis, target), port: occasion.situation.port },
  caller: redisLink(context, occasion, target),
});

const redisLink = (context: Context, { key, situation }: Occasion, target: PodTarget): Link => {
  const endpoint = { host: addressOf(situation.redis, target), port: situation.port };
  const password = situation.login.kind === 'password' ? situation.login.password : undefined;
  return context.connections.redis(key, { uid: target.uid, endpoint, password });
};

const sentinelLink = (context: Context, { key, situation }: Occasion, target: SentinelTarget | PodTarget): Link =>
  context.connections.sentinel(key, { uid: target.uid, ip: addressOf(situation.sentinels, target) });

const addressOf = (
  pods: readonly { readonly uid: string; readonly ip: string | undefined }[],
  target: PodTarget,
): string => {
  const ip = pods.find((pod) => pod.uid === target.uid)?.ip;
  if (ip === undefined) throw new RedisError({ code: 'unreachable', message: `${target.pod} has no address` });
  return ip;
};

/** An object that is gone, newer, or another one under the same name: the cache was behind, nothing is wrong. */
const isOutdated = (error: unknown): error is KubeApiError =>
  error instanceof KubeApiError && (error.code === 'conflict' || error.code === 'not-found');

const unlessOutdated = (error: unknown): void => {
  if (!isOutdated(error)) throw error;
};

/** What cannot be helped is somebody's to know. */
const failure = ({ action }: Occasion, error: unknown): Outcome => {
  if (isOutdated(error)) return { kind: 'outdated', because: error.message };
  if (error instanceof KubeApiError) {
    const reason = action.kind === 'apply' ? 'ApplyFailed' : action.why.reason;
    return { kind: 'failed', problem: { reason, message: error.message } };
  }
  if (error instanceof RedisError)
    return { kind: 'failed', problem: { reason: 'RedisUnreachable', message: `${action.kind}: ${error.message}` } };
  throw error;
};
