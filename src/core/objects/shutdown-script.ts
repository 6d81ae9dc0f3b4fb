import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { MASTER_NAME, REDIS_CLIENT_NAME, SENTINEL_PORT, sentinelName, shutdownName } from '../../api/names.ts';
import { childMetadata } from './metadata.ts';
import { FIND_CLIENT, LOCAL_REDIS } from './scripts.ts';
import { asksClients, loginToSentinel, sentinelUser } from './sentinel-secret.ts';

/** Where Redis pods see the script, and its key in the config map `rfr-s-NAME`. */
export const SHUTDOWN_DIRECTORY = '/redis-shutdown';
export const SHUTDOWN_KEY = 'shutdown.sh';

/** Config map `rfr-s-NAME`: the preStop script. https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/ */
export const shutdownConfigMap = (failover: DefaultedFailover): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(failover, { name: shutdownName(failover.metadata.name), component: 'redis' }),
  data: { [SHUTDOWN_KEY]: shutdownScript(failover) },
});

/**
 * Waits while a master that has replicas is handed over. That is the operator's work; while nobody of its name speaks to this
 * Redis, the script does it as well as a script can. It ends within 16 s even if every command hangs, so that of the 30 s of
 * grace enough is left for Redis to wait for its replicas and to save on SIGTERM.
 */
const shutdownScript = (failover: DefaultedFailover): string => `#!/bin/sh
# Keeps a master with replicas alive while it is handed over, for up to 8 s. Where the operator does not see to that within
# 3 s, it pauses writes and asks Sentinel, and takes up to 3 s more. Everybody else may stop at once.
${FIND_CLIENT}limit=
command -v timeout >/dev/null && limit='timeout 1'
${LOCAL_REDIS}
redis() {
  $limit $cli -h 127.0.0.1 -p "$REDIS_PORT" "$@" 2>/dev/null
}

${askSentinel(failover)}

# Hundredths of a second, without starting a process.
now() {
  read -r uptime _ </proc/uptime
  now=\${uptime%.*}\${uptime#*.}
}

# A master with a replica that could take over, or that still receives the last writes; one that was asked to take over
# follows nobody any more.
is_needed() {
  replication=$(redis INFO replication)
  case $replication in
    *role:master*state=online*) return 0 ;;
    *role:master*) [ -n "$requested" ] ;;
    *) return 1 ;;
  esac
}

# The deletion wakes the operator, and a hand-over keeps it talking.
operator_works() {
  redis CLIENT LIST | grep -q ' name=${REDIS_CLIENT_NAME} .* idle=[012] '
}

# Every replica has confirmed all that was written. Which one Sentinel chooses is not known; one that has been silent for
# 10 s it does not choose.
caught_up() {
  written=\${replication#*master_repl_offset:}
  written=\${written%%[!0-9]*}
  for line in $replication; do
    case $line in
      slave[0-9]*state=online*) ;;
      *) continue ;;
    esac
    case \${line#*lag=} in
      [0-9] | [0-9][!0-9]*) ;;
      *) continue ;;
    esac
    offset=\${line#*offset=}
    [ "\${offset%%,*}" -ge "\${written:-0}" ] || return 1
  done
}

# One try. Fails when no Sentinel answers, so that nobody can elect another master. Pauses writes only if Sentinel takes this
# very process for the master; a pause ends by itself.
request_failover() {
  run_id=$(redis INFO server)
  run_id=\${run_id#*run_id:}
  run_id=\${run_id%%[!0-9a-f]*}
  master=$(sentinel MASTER) || return 1
  case $master in
    *failover_in_progress*) return 0 ;;
    *runid*"\${run_id:-none}"*) ;;
    *) return 0 ;;
  esac
  set -- $master
  own_address="$4 $6"
  redis CLIENT PAUSE 3000 WRITE >/dev/null
  is_needed && caught_up || return 0
  history=\${replication#*master_replid:}
  history=\${history%%[!0-9a-f]*}
  case $(sentinel FAILOVER) in
    OK*) requested=yes ;;
    *INPROG*) ;;
    *) return 1 ;;
  esac
}

# Follows the replica that took over, so that no write can be accepted here any more.
follow_elected() {
  redis CLIENT PAUSE 3000 WRITE >/dev/null
  set -- $(sentinel GET-MASTER-ADDR-BY-NAME)
  [ $# -eq 2 ] && [ "$*" != "$own_address" ] || return 0
  case $($limit $cli -h "$1" -p "$2" INFO replication 2>/dev/null) in
    *role:master*"$history"*) redis REPLICAOF "$1" "$2" >/dev/null ;;
  esac
}

now
start=$now
requested=
while is_needed; do
  now
  waited=$((now - start))
  if [ -n "$requested" ]; then
    [ $waited -ge 1100 ] && break
    follow_elected
  else
    [ $waited -ge 800 ] && break
    if [ $waited -ge 300 ] && ! operator_works; then request_failover || break; fi
  fi
  sleep 0.2
done
exit 0
`;

/** Without a password of Sentinel's own the script is what it was before there could be one. */
const askSentinel = (failover: DefaultedFailover): string => {
  const host = sentinelName(failover.metadata.name);
  const question = `exec $limit $cli ${sentinelUser(failover)}-h ${host} -p ${SENTINEL_PORT} SENTINEL "$@" ${MASTER_NAME} 2>/dev/null`;
  return asksClients(failover)
    ? `# Sentinel has a password of its own and must not see that of Redis.
sentinel() (
unset REDISCLI_AUTH
${loginToSentinel(failover)}${question}
)`
    : `# Sentinel has no password and must not see that of Redis.
sentinel() {
  (unset REDISCLI_AUTH && ${question})
}`;
};
