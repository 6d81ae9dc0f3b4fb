import { RedisError } from './errors.ts';
import type { RedisFacts } from './facts.ts';

/** The `field:value` lines of INFO. */
export const parseInfo = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon <= 0 || line.startsWith('#') ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );

/** The version of Redis, or of Valkey, which also claims to be a Redis. */
export const versionOf = (info: ReadonlyMap<string, string>): string =>
  info.get('valkey_version') ?? info.get('redis_version') ?? '';

/** Facts from the sections server, persistence, replication and keyspace. Throws `protocol` when it is no such text. */
export const parseRedisFacts = (text: string): RedisFacts => {
  const info = parseInfo(text);
  const role = info.get('role');
  if (role !== 'master' && role !== 'slave') throw new RedisError({ code: 'protocol', message: 'INFO names no role' });
  return {
    runId: info.get('run_id') ?? '',
    version: versionOf(info),
    uptimeSeconds: Number(info.get('uptime_in_seconds') ?? 0),
    configFile: info.get('config_file') || undefined,
    loading: info.get('loading') === '1' || info.get('async_loading') === '1',
    role: role === 'master' ? 'master' : 'replica',
    masterHost: info.get('master_host'),
    masterPort: optionalNumber(info.get('master_port')),
    masterLinkStatus: role === 'master' ? undefined : info.get('master_link_status') === 'up' ? 'up' : 'down',
    masterSyncInProgress: info.get('master_sync_in_progress') === '1',
    masterLinkDownSeconds: secondsAgo(info.get('master_link_down_since_seconds')),
    masterLastIoSecondsAgo: secondsAgo(info.get('master_last_io_seconds_ago')),
    replicationId: info.get('master_replid') ?? '',
    secondReplicationId: info.get('master_replid2') ?? '',
    secondOffset: Number(info.get('second_repl_offset') ?? -1),
    offset: Number(info.get('master_repl_offset') ?? 0),
    replicaPriority: Number(info.get('slave_priority') ?? 100),
    connectedReplicas: parseReplicas(info),
    goodReplicas: optionalNumber(info.get('min_slaves_good_slaves')),
    keys: countKeys(info),
    rdbLastSaveAt: inMilliseconds(optionalNumber(info.get('rdb_last_save_time'))),
    aofEnabled: info.get('aof_enabled') === '1',
    backgroundSave: parseBackgroundSave(info),
  };
};

const parseBackgroundSave = (info: ReadonlyMap<string, string>): RedisFacts['backgroundSave'] => {
  if (info.get('rdb_bgsave_in_progress') === '1') return 'running';
  return info.get('rdb_last_bgsave_status') === 'err' ? 'failed' : 'ok';
};

/** Lines such as `slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0`; only those that are online. */
const parseReplicas = (info: ReadonlyMap<string, string>): RedisFacts['connectedReplicas'] =>
  [...info].flatMap(([field, value]) => {
    if (!/^slave\d+$/.test(field)) return [];
    const parts = parseList(value);
    if (parts.get('state') !== 'online') return [];
    return [
      {
        ip: parts.get('ip') ?? '',
        port: Number(parts.get('port')),
        offset: Number(parts.get('offset')),
        lagSeconds: Number(parts.get('lag')),
      },
    ];
  });

/** Lines such as `db0:keys=10,expires=0,avg_ttl=0`. */
const countKeys = (info: ReadonlyMap<string, string>): number =>
  [...info]
    .filter(([field]) => /^db\d+$/.test(field))
    .reduce((sum, [, value]) => sum + Number(parseList(value).get('keys') ?? 0), 0);

const parseList = (value: string): ReadonlyMap<string, string> =>
  new Map(
    value
      .split(',')
      .map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  );

const optionalNumber = (value: string | undefined): number | undefined =>
  value === undefined ? undefined : Number(value);

/** Redis says -1 where there is nothing to measure. */
const secondsAgo = (value: string | undefined): number | undefined =>
  value === undefined || value === '-1' ? undefined : Number(value);

const inMilliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1_000;
