import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION, redisName } from '../../api/names.ts';
import { dataSafetyLines } from '../data-safety.ts';
import { bootLines } from './boot-config.ts';
import { renameLines } from './command-renames.ts';
import { INTERNAL_FILE } from './internal-secret.ts';
import { LOGIN_FILE } from './login-secret.ts';
import { childMetadata } from './metadata.ts';
import { SERVER } from './scripts.ts';

/** Keys of the config map `rfr-NAME`. `redis.conf` is not one of them: pods that spotahome made start from that. */
export const CONFIG_KEY = 'redis-without-login.conf';
export const CONFIG_WITH_LOGIN_KEY = 'redis-with-login.conf';
export const START_REDIS_KEY = 'start-redis.sh';
/** Environment variable of the Redis container: spec.redis.divergentData, where it is not the default. */
export const DIVERGENT_DATA_VARIABLE = 'REDIS_DIVERGENT_DATA';

/**
 * Config map `rfr-NAME`: how a Redis process starts. It holds no password. Both variants of the file are always there and
 * the pod template says which one a pod reads, so that a pod from before authentication was switched on or off can still
 * restart. So can one that another operator made, from the keys it left. https://redis.io/docs/latest/operate/oss_and_stack/management/config/
 */
export const redisConfigMap = (
  failover: DefaultedFailover,
  {
    foreignConfig = {},
    customized = [],
  }: { readonly foreignConfig?: Readonly<Record<string, string>>; readonly customized?: readonly string[] } = {},
): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    ...childMetadata(failover, { name: redisName(failover.metadata.name), component: 'redis' }),
    ...(customized.length > 0 && { annotations: { [CUSTOMIZED_ANNOTATION]: customized.join() } }),
  },
  data: {
    ...foreignConfig,
    [CONFIG_KEY]: redisConfig(failover),
    [CONFIG_WITH_LOGIN_KEY]: `${redisConfig(failover)}include ${LOGIN_FILE}\n`,
    [START_REDIS_KEY]: START_REDIS,
  },
});

/**
 * Every process starts as a replica of nothing real: only the operator or Sentinel makes a master. `bind` is left out,
 * because the built-in default listens on all addresses and does without IPv6 where there is none.
 */
const redisConfig = (failover: DefaultedFailover, { spec } = failover): string =>
  [
    '# Written by redis-operator. customConfig is applied at run time; only what must hold from the start is here.',
    `replicaof 127.0.0.1 ${spec.redis.port}`,
    `port ${spec.redis.port}`,
    'protected-mode no',
    'tcp-keepalive 60',
    'dir /data',
    ...bootLines(spec.redis.customConfig),
    ...dataSafetyLines(spec.redis),
    ...renameLines(failover),
    '',
  ].join('\n');

/**
 * With `appendonly yes` and no append-only file Redis starts empty, whatever the snapshot holds
 * (https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#how-i-can-switch-to-aof-if-im-currently-using-dumprdb-snapshots).
 * So a process that only has a snapshot starts from it; CONFIG SET switches the append-only file on afterwards, with all data.
 */
const START_REDIS = `#!/bin/sh
# Starts Redis without losing what is in /data.
rm -f /data/temp-*.rdb # left by a process that was killed while it saved
set -- /redis/redis.conf
if [ -s /data/dump.rdb ] && [ ! -s /data/appendonlydir/appendonly.aof.manifest ] && [ ! -s /data/appendonly.aof ]; then
  set -- "$@" --appendonly no
fi
# CONFIG SET may name the file that divergent data is saved to. Before 7.0 it may anyway, and this parameter is unknown.
if [ "$${DIVERGENT_DATA_VARIABLE}" = Keep ]; then
  case $(${SERVER} --version) in
    *' v='[0-6].*) ;;
    *) set -- "$@" --enable-protected-configs yes ;;
  esac
fi
# Last, because its masterauth wins over the one of the login.
if [ -s ${INTERNAL_FILE} ]; then
  set -- "$@" --include ${INTERNAL_FILE}
fi
exec ${SERVER} "$@"
`;
