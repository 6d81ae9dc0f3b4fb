/** The commands the operator sends, typed. All reject with `RedisError`; `timeoutMs` bounds each. */
import type { Endpoint, RedisReply } from '../ports.ts';
import { RedisError } from './errors.ts';
import type { RedisFacts, RequiredReplicas, SentinelFacts, SentinelReplica } from './facts.ts';
import { parseInfo, parseRedisFacts, versionOf } from './info.ts';
import { parseInfoPeriod, parseSentinelMaster, parseSentinelPeers, parseSentinelReplicas } from './sentinel-replies.ts';

/** Anything that sends one command: a connection or a kept link. */
export type Caller = { call(args: readonly string[], timeoutMs: number): Promise<RedisReply> };

/** Redis before 7.0 takes one section or none; none says all that is needed, and more. https://redis.io/docs/latest/commands/info/ */
export const readRedisFacts = async (caller: Caller, timeoutMs: number): Promise<RedisFacts> => {
  try {
    return parseRedisFacts(text(await caller.call(INFO_SECTIONS, timeoutMs)));
  } catch (error) {
    if (!(error instanceof RedisError && error.message.startsWith('ERR syntax error'))) throw error;
    return parseRedisFacts(text(await caller.call(['INFO'], timeoutMs)));
  }
};

const INFO_SECTIONS = ['INFO', 'server', 'persistence', 'replication', 'keyspace'];

/** https://redis.io/docs/latest/commands/role/ */
export const role = async (caller: Caller, timeoutMs: number): Promise<'master' | 'replica'> => {
  const reply = await caller.call(['ROLE'], timeoutMs);
  return Array.isArray(reply) && reply[0] === 'master' ? 'master' : 'replica';
};

/** https://redis.io/docs/latest/commands/replicaof/ */
export const replicaOf = async (caller: Caller, master: Endpoint | 'no one', timeoutMs: number): Promise<void> => {
  const target = master === 'no one' ? ['NO', 'ONE'] : [master.host, String(master.port)];
  await caller.call(['REPLICAOF', ...target], timeoutMs);
};

/** Values of the parameters that exist. https://redis.io/docs/latest/commands/config-get/ */
export const configGet = async (
  caller: Caller,
  parameter: string,
  timeoutMs: number,
): Promise<ReadonlyMap<string, string>> => {
  return pairs(await caller.call(['CONFIG', 'GET', parameter], timeoutMs));
};

/** Names and values in turn. */
const pairs = (reply: RedisReply): ReadonlyMap<string, string> => {
  const flat = list(reply).map(String);
  return new Map(
    flat.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])),
  );
};

/** How a Redis logs in to what it follows; empty words where nothing is set. */
export const readMasterLogin = async (
  caller: Caller,
  timeoutMs: number,
): Promise<{ readonly user: string; readonly password: string }> => {
  const settings = await configGet(caller, 'master*', timeoutMs);
  return { user: settings.get('masteruser') ?? '', password: settings.get('masterauth') ?? '' };
};

/**
 * Lets a Redis log in so when it connects to what it follows the next time, which it tries once a second while the link is
 * down. Redis before 6.0 has no users.
 */
export const setMasterLogin = async (
  caller: Caller,
  { user, password }: { readonly user: string; readonly password: string },
  timeoutMs: number,
): Promise<void> => {
  await configSet(caller, { parameter: 'masterauth', value: password }, timeoutMs);
  const now = await readMasterLogin(caller, timeoutMs);
  if (now.user !== user) await configSet(caller, { parameter: 'masteruser', value: user }, timeoutMs);
};

/** How many replicas a Redis requires to write; undefined where it does not say. */
export const readRequiredReplicas = async (
  caller: Caller,
  timeoutMs: number,
): Promise<RequiredReplicas | undefined> => {
  const reply = await ofKnownCommand(caller.call(['CONFIG', 'GET', 'min-replicas-*'], timeoutMs));
  if (reply === undefined) return undefined;
  const values = pairs(reply);
  const [toWrite, maxLagSeconds] = [values.get(REQUIRED.toWrite), values.get(REQUIRED.maxLagSeconds)];
  if (toWrite === undefined || maxLagSeconds === undefined) return undefined;
  return { toWrite: Number(toWrite), maxLagSeconds: Number(maxLagSeconds) };
};

/** The lag first, so that at no moment the number counts with another lag than its own. */
export const requireReplicas = async (
  caller: Caller,
  { toWrite, maxLagSeconds }: RequiredReplicas,
  timeoutMs: number,
): Promise<void> => {
  await configSet(caller, { parameter: REQUIRED.maxLagSeconds, value: String(maxLagSeconds) }, timeoutMs);
  await configSet(caller, { parameter: REQUIRED.toWrite, value: String(toWrite) }, timeoutMs);
};

const REQUIRED = { toWrite: 'min-replicas-to-write', maxLagSeconds: 'min-replicas-max-lag' } as const;

/** https://redis.io/docs/latest/commands/config-set/ */
export const configSet = async (
  caller: Caller,
  { parameter, value }: { readonly parameter: string; readonly value: string },
  timeoutMs: number,
): Promise<void> => {
  await caller.call(['CONFIG', 'SET', parameter, value], timeoutMs);
};

/** Holds back writes, not reads, for `pauseMs` from now. https://redis.io/docs/latest/commands/client-pause/ */
export const clientPauseWrites = async (caller: Caller, pauseMs: number, timeoutMs: number): Promise<void> => {
  await caller.call(['CLIENT', 'PAUSE', String(pauseMs), 'WRITE'], timeoutMs);
};

/** https://redis.io/docs/latest/commands/client-unpause/ */
export const clientUnpause = async (caller: Caller, timeoutMs: number): Promise<void> => {
  await caller.call(['CLIENT', 'UNPAUSE'], timeoutMs);
};

/** Drops every ordinary and subscribed client but ourselves. https://redis.io/docs/latest/commands/client-kill/ */
export const clientKillNormal = async (caller: Caller, timeoutMs: number): Promise<void> => {
  for (const type of ['normal', 'pubsub'])
    await caller.call(['CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes'], timeoutMs);
};

/** Everything a Sentinel thinks of one master. */
export const readSentinelFacts = async (caller: Caller, name: string, timeoutMs: number): Promise<SentinelFacts> => {
  const [id, info, periods, master, replicas, peers] = await Promise.all([
    caller.call(['SENTINEL', 'MYID'], timeoutMs),
    caller.call(['INFO'], timeoutMs),
    ofKnownCommand(caller.call(['SENTINEL', 'DEBUG'], timeoutMs)),
    ofKnownMaster(caller.call(['SENTINEL', 'MASTER', name], timeoutMs)),
    ofKnownMaster(caller.call(['SENTINEL', 'REPLICAS', name], timeoutMs)),
    ofKnownMaster(caller.call(['SENTINEL', 'SENTINELS', name], timeoutMs)),
  ]);
  const parsed = parseInfo(text(info));
  const complete = master !== undefined && replicas !== undefined && peers !== undefined;
  return {
    myId: text(id),
    version: versionOf(parsed),
    tilt: parsed.get('sentinel_tilt') === '1',
    infoPeriodMs: periods === undefined ? undefined : parseInfoPeriod(periods),
    master: complete ? parseSentinelMaster(master) : undefined,
    replicas: complete ? parseSentinelReplicas(replicas) : [],
    sentinels: complete ? parseSentinelPeers(peers) : [],
  };
};

/** The replicas that a Sentinel knows; empty when it watches no such master. */
export const readSentinelReplicas = async (
  caller: Caller,
  name: string,
  timeoutMs: number,
): Promise<readonly SentinelReplica[]> => {
  const reply = await ofKnownMaster(caller.call(['SENTINEL', 'REPLICAS', name], timeoutMs));
  return reply === undefined ? [] : parseSentinelReplicas(reply);
};

/** Where a Sentinel sends clients; undefined when it watches no such master. */
export const sentinelMasterAddress = async (
  caller: Caller,
  name: string,
  timeoutMs: number,
): Promise<Endpoint | undefined> => {
  const reply = await caller.call(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name], timeoutMs);
  if (reply === null) return undefined;
  const [host, port] = list(reply).map(String);
  return { host: host ?? '', port: Number(port) };
};

export type Watch = {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly quorum: number;
  /** Left out, the Sentinel does not log in to Redis. */
  readonly login?: Login;
};

/** As an ACL user, or as the default user when none is named; an empty name forgets one that was named before. */
export type Login = { readonly user?: string; readonly password: string };

/**
 * Makes a Sentinel watch the master anew, with nothing remembered: REMOVE and MONITOR, sent back to back so that clients see
 * no gap. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#reconfiguring-sentinel-at-runtime
 */
export const sentinelMonitor = async (caller: Caller, watch: Watch, timeoutMs: number): Promise<void> => {
  const { name, endpoint, quorum, login } = watch;
  await Promise.all([
    sentinelRemove(caller, name, timeoutMs),
    caller.call(['SENTINEL', 'MONITOR', name, endpoint.host, String(endpoint.port), String(quorum)], timeoutMs),
    ...(login === undefined ? [] : [sentinelAuthenticate(caller, { name, login }, timeoutMs)]),
  ]);
};

/** Lets a Sentinel forget the master and all it knows about it; it may know none. */
export const sentinelRemove = async (caller: Caller, name: string, timeoutMs: number): Promise<void> => {
  await ofKnownMaster(caller.call(['SENTINEL', 'REMOVE', name], timeoutMs));
};

/** Gives a Sentinel the login to the master; it connects anew to the master and all replicas. */
export const sentinelAuthenticate = async (
  caller: Caller,
  { name, login }: { readonly name: string; readonly login: Login },
  timeoutMs: number,
): Promise<void> => {
  const user = login.user === undefined ? [] : ['auth-user', login.user];
  await caller.call(['SENTINEL', 'SET', name, ...user, 'auth-pass', login.password], timeoutMs);
};

/** Changes one setting of a watched master. */
export const sentinelSet = async (
  caller: Caller,
  { name, option, value }: { readonly name: string; readonly option: string; readonly value: string },
  timeoutMs: number,
): Promise<void> => {
  await caller.call(['SENTINEL', 'SET', name, option, value], timeoutMs);
};

/**
 * Sets how often a Sentinel reads the INFO of masters and replicas, until it restarts. Since Redis 7.0.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-commands
 */
export const sentinelInfoPeriod = async (caller: Caller, periodMs: number, timeoutMs: number): Promise<void> => {
  await caller.call(['SENTINEL', 'DEBUG', 'INFO-PERIOD', String(periodMs)], timeoutMs);
};

/** Values of the parameters of Sentinel itself. Since Redis 6.2. */
export const sentinelConfigGet = async (
  caller: Caller,
  parameter: string,
  timeoutMs: number,
): Promise<ReadonlyMap<string, string>> => {
  return pairs(await caller.call(['SENTINEL', 'CONFIG', 'GET', parameter], timeoutMs));
};

/** Since Redis 6.2. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-commands */
export const sentinelConfigSet = async (
  caller: Caller,
  { parameter, value }: { readonly parameter: string; readonly value: string },
  timeoutMs: number,
): Promise<void> => {
  await caller.call(['SENTINEL', 'CONFIG', 'SET', parameter, value], timeoutMs);
};

/** Makes a Sentinel write what it knows into its file now. */
export const sentinelFlushConfig = async (caller: Caller, timeoutMs: number): Promise<void> => {
  await caller.call(['SENTINEL', 'FLUSHCONFIG'], timeoutMs);
};

/** Starts a failover without asking the other Sentinels. Rejects with prefix INPROG or NOGOODSLAVE when it cannot. */
export const sentinelFailover = async (caller: Caller, name: string, timeoutMs: number): Promise<void> => {
  await caller.call(['SENTINEL', 'FAILOVER', name], timeoutMs);
};

/** Undefined instead of the error that the Sentinel knows no master of this name. */
const ofKnownMaster = async (reply: Promise<RedisReply>): Promise<RedisReply | undefined> => {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof RedisError && /No such master/i.test(error.message)) return undefined;
    throw error;
  }
};

/** Undefined instead of the error that there is no such command, or that we may not use it. */
const ofKnownCommand = async (reply: Promise<RedisReply>): Promise<RedisReply | undefined> => {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof RedisError && error.code === 'reply') return undefined;
    throw error;
  }
};

const text = (reply: RedisReply): string => {
  if (typeof reply === 'string') return reply;
  throw new RedisError({ code: 'protocol', message: 'a text was expected' });
};

const list = (reply: RedisReply): readonly RedisReply[] => {
  if (Array.isArray(reply)) return reply as readonly RedisReply[];
  throw new RedisError({ code: 'protocol', message: 'a list was expected' });
};
