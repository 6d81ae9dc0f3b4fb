import type { RedisReply } from '../ports.ts';
import { RedisError } from './errors.ts';
import type { SentinelInstance, SentinelMaster, SentinelPeer, SentinelReplica } from './facts.ts';

/** Reply of SENTINEL MASTER. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-api */
export const parseSentinelMaster = (reply: RedisReply): SentinelMaster => {
  const fields = fieldsOf(reply);
  const number = numberIn(fields);
  return {
    ...instanceOf(fields),
    configEpoch: number('config-epoch'),
    quorum: number('quorum'),
    downAfterMs: number('down-after-milliseconds'),
    failoverTimeoutMs: number('failover-timeout'),
    parallelSyncs: number('parallel-syncs'),
    knownReplicas: number('num-slaves'),
    knownSentinels: number('num-other-sentinels'),
    failoverState: fields.get('failover-state'),
    roleReported: fields.get('role-reported') === 'slave' ? 'replica' : 'master',
    infoRefreshMs: number('info-refresh'),
  };
};

/** Reply of SENTINEL REPLICAS. */
export const parseSentinelReplicas = (reply: RedisReply): readonly SentinelReplica[] =>
  listOf(reply).map((entry) => {
    const fields = fieldsOf(entry);
    const number = numberIn(fields);
    const masterHost = fields.get('master-host') ?? '?';
    return {
      ...instanceOf(fields),
      masterHost: masterHost === '?' ? undefined : masterHost,
      masterPort: masterHost === '?' ? undefined : number('master-port'),
      masterLinkUp: fields.get('master-link-status') === 'ok',
      priority: number('slave-priority'),
      offset: number('slave-repl-offset'),
      infoRefreshMs: number('info-refresh'),
      downForMs: fields.has('s-down-time') ? number('s-down-time') : undefined,
    };
  });

/** `INFO-PERIOD` in the reply of SENTINEL DEBUG, in milliseconds. */
export const parseInfoPeriod = (reply: RedisReply): number => numberIn(fieldsOf(reply))('INFO-PERIOD');

/** Reply of SENTINEL SENTINELS. */
export const parseSentinelPeers = (reply: RedisReply): readonly SentinelPeer[] =>
  listOf(reply).map((entry) => {
    const fields = fieldsOf(entry);
    return { ...instanceOf(fields), lastHelloMessageMs: numberIn(fields)('last-hello-message') };
  });

const instanceOf = (fields: ReadonlyMap<string, string>): SentinelInstance => ({
  ip: fields.get('ip') ?? '',
  port: Number(fields.get('port')),
  runId: fields.get('runid') ?? '',
  flags: (fields.get('flags') ?? '').split(',').filter((flag) => flag !== ''),
  lastOkPingReplyMs: numberIn(fields)('last-ok-ping-reply'),
});

/** NaN where a field is missing. */
const numberIn =
  (fields: ReadonlyMap<string, string>) =>
  (name: string): number =>
    Number(fields.get(name) ?? Number.NaN);

const listOf = (reply: RedisReply): readonly RedisReply[] => {
  if (Array.isArray(reply)) return reply as readonly RedisReply[];
  throw new RedisError({ code: 'protocol', message: 'a list was expected' });
};

/** A flat list of names and values, as RESP2 sends a map. */
const fieldsOf = (reply: RedisReply): ReadonlyMap<string, string> => {
  const flat = listOf(reply).map(String);
  const pairs = flat.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [],
  );
  return new Map(pairs);
};
