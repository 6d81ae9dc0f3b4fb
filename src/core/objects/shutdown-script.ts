import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { MASTER_NAME, SENTINEL_PORT, sentinelName, shutdownName } from '../../api/names.ts';
import { childMetadata } from './metadata.ts';
import { LOCAL_REDIS } from './scripts.ts';

/** Where Redis pods see the script, and its key in the config map `rfr-s-NAME`. */
export const SHUTDOWN_DIRECTORY = '/redis-shutdown';
export const SHUTDOWN_KEY = 'shutdown.sh';

/** Config map `rfr-s-NAME`: the preStop script. https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/ */
export const shutdownConfigMap = (failover: DefaultedFailover): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(failover, { name: shutdownName(failover.metadata.name), component: 'redis' }),
  data: { [SHUTDOWN_KEY]: shutdownScript(failover.metadata.name) },
});

/**
 * Waits while a master that has replicas is handed over; that is the operator's work, but after 5 s the script asks
 * Sentinel itself. Within 14 s in any case, so that of the 30 s of grace enough is left for Redis to save on SIGTERM.
 */
const shutdownScript = (name: string): string => `#!/bin/sh
# Keeps a master with replicas alive for up to 10 s while it is handed over. Everybody else may stop at once.
limit=
command -v timeout >/dev/null && limit='timeout 1'
${LOCAL_REDIS}
redis() {
  $limit redis-cli -h 127.0.0.1 -p "$REDIS_PORT" "$@" 2>/dev/null
}

# Sentinel has no password and must not see that of Redis.
sentinel() {
  (unset REDISCLI_AUTH && exec $limit redis-cli -h ${sentinelName(name)} -p ${SENTINEL_PORT} SENTINEL "$@" ${MASTER_NAME} 2>/dev/null)
}

# Hundredths of a second, without starting a process.
now() {
  read -r uptime _ </proc/uptime
  now=\${uptime%.*}\${uptime#*.}
}

# A master with a replica that could take over, or that still receives the last writes.
is_needed() {
  case $(redis INFO replication) in
    *role:master*state=online*) return 0 ;;
  esac
  return 1
}

# Fails when no Sentinel answers, so that nobody can elect another master.
request_failover() {
  run_id=$(redis INFO server)
  run_id=\${run_id#*run_id:}
  run_id=\${run_id%%[!0-9a-f]*}
  master=$(sentinel MASTER) || return 1
  case $master in
    *runid*"\${run_id:-none}"*) sentinel FAILOVER >/dev/null ;;
  esac
  return 0
}

now
start=$now
requested=
while is_needed; do
  now
  [ $((now - start)) -ge 1000 ] && break
  if [ -z "$requested" ] && [ $((now - start)) -ge 500 ]; then
    request_failover || break
    requested=yes
  fi
  sleep 0.3
done
exit 0
`;
