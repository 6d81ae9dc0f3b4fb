import type { RedisReply } from '../ports.ts';
import { RedisError } from './errors.ts';
import type { SentinelFacts, SentinelInstance, SentinelMaster } from './facts.ts';

/** Reply of SENTINEL MASTER. */
export const parseSentinelMaster = (reply: RedisReply): SentinelMaster => {
  const fields = fieldsOf(reply);
  const number = (name: string): number => Number(fields.get(name) ?? Number.NaN);
  return {
    ...instanceOf(fields),
    configEpoch: number('config-epoch'),
    quorum: number('quorum'),
    downAfterMs: number('down-after-milliseconds'),
    failoverTimeoutMs: number('failover-timeout'),
    parallelSyncs: number('parallel-syncs'),
  };
};

/** Reply of SENTINEL REPLICAS. */
export const parseSentinelReplicas = (reply: RedisReply): readonly SentinelInstance[] =>
  listOf(reply).map((entry) => instanceOf(fieldsOf(entry)));

/** Reply of SENTINEL SENTINELS. */
export const parseSentinelPeers = (reply: RedisReply): SentinelFacts['sentinels'] =>
  listOf(reply).map((entry) => {
    const fields = fieldsOf(entry);
    return { ...instanceOf(fields), lastHelloMessageMs: Number(fields.get('last-hello-message') ?? Number.NaN) };
  });

const instanceOf = (fields: ReadonlyMap<string, string>): SentinelInstance => ({
  ip: fields.get('ip') ?? '',
  port: Number(fields.get('port')),
  flags: (fields.get('flags') ?? '').split(',').filter((flag) => flag !== ''),
});

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
