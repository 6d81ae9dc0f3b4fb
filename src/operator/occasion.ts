/** What an action is taken with: the pass it belongs to, the links to its targets, and how it can end. */

import { redisLogins } from '../core/credentials.ts';
import type { Action, PodTarget, Problem } from '../core/plan.ts';
import { sentinelLogins } from '../core/sentinel-access.ts';
import type { Situation } from '../core/situation.ts';
import { KubeApiError } from '../kube/errors.ts';
import { RedisError } from '../redis/errors.ts';
import type { Link } from '../redis/links.ts';
import type { Context, Memory } from './context.ts';
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

export const DONE: Outcome = { kind: 'done' };

/** The link to a Redis. Throws `RedisError` when its pod has no address. */
export const redisLink = (context: Context, occasion: Occasion, target: PodTarget): Link => {
  const { situation } = occasion;
  const endpoint = { host: addressOf(situation.redis, target), port: situation.port };
  return context.connections.redis(occasion.key, { uid: target.uid, endpoint, logins: redisLogins(situation) });
};

/** What can reach Sentinels. */
export type Linking = { readonly connections: Pick<Context['connections'], 'sentinel'> };

/** The link to a Sentinel. Throws `RedisError` when its pod has no address. */
export const sentinelLink = (
  context: Linking,
  { key, situation }: Pick<Occasion, 'key' | 'situation'>,
  target: PodTarget,
): Link => {
  const { sentinels, sentinelAccess } = situation;
  const pod = sentinels.find(({ uid }) => uid === target.uid);
  const logins = sentinelLogins(sentinelAccess, { mountsSentinelLogin: pod?.mountsSentinelLogin === true });
  return context.connections.sentinel(key, { uid: target.uid, ip: addressOf(sentinels, target), logins });
};

/** The address of a target. Throws `RedisError` when there is none. */
export const addressOf = (
  pods: readonly { readonly uid: string; readonly ip: string | undefined }[],
  target: PodTarget,
): string => {
  const ip = pods.find((pod) => pod.uid === target.uid)?.ip;
  if (ip === undefined) throw new RedisError({ code: 'unreachable', message: `${target.pod} has no address` });
  return ip;
};

/** An object that is gone, newer, or another one under the same name: the cache was behind, nothing is wrong. */
export const isOutdated = (error: unknown): error is KubeApiError =>
  error instanceof KubeApiError && (error.code === 'conflict' || error.code === 'not-found');
