import type { ConfigMap, Probe } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { readinessName } from '../../api/names.ts';
import { childMetadata } from './metadata.ts';
import { BOUNDED_CLIENT, execProbe, LOCAL_REDIS, startupProbe, untilStarted } from './scripts.ts';

/** Where Redis pods see the probe scripts. */
export const REDIS_PROBE_DIRECTORY = '/redis-readiness';

/** Where Redis pods see the user's startup script. */
export const STARTUP_DIRECTORY = '/redis-startup';

/** Config map `rfr-readiness-NAME`: the probe scripts of Redis. They are no part of the pod template, so they can be mended without a restart. */
export const redisProbeConfigMap = (failover: DefaultedFailover): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(failover, { name: readinessName(failover.metadata.name), component: 'redis' }),
  data: { 'start.sh': START, 'ready.sh': READY, 'live.sh': LIVE },
});

/**
 * The probes of the Redis container. A process that loads or synchronizes has not started yet, however long it takes
 * (at least an hour); one that gives no answer at all for a minute is dead.
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export const redisProbes = (
  startupConfigMap?: string,
): { startupProbe: Probe; readinessProbe: Probe; livenessProbe: Probe } => ({
  startupProbe: startupProbe(`${REDIS_PROBE_DIRECTORY}/start.sh`, startupConfigMap && STARTUP_DIRECTORY),
  readinessProbe: execProbe(`${REDIS_PROBE_DIRECTORY}/ready.sh`, { periodSeconds: 10, failureThreshold: 2 }),
  livenessProbe: execProbe(`${REDIS_PROBE_DIRECTORY}/live.sh`, { periodSeconds: 20, failureThreshold: 3 }),
});

const INFO = '$($limit $cli -h 127.0.0.1 -p "$REDIS_PORT" INFO replication 2>/dev/null)';
const UNCONNECTED = 'It has no connection to its master, or gives no answer.';

/**
 * A process that still loads its files follows 127.0.0.1, as it is started; one that loads what a master sent has a
 * synchronization in progress. What a script prints is the message of the Event.
 * https://redis.io/docs/latest/commands/info/#replication
 */
const UNREADY = `  *master_host:127.0.0.1[!0-9]*) why='It loads its data, or waits to be told its master.' ;;
  *master_sync_in_progress:1*) why='It receives the data of its master.' ;;`;

const START = `#!/bin/sh
# Started: master, or a replica that has received everything from a real master.
${BOUNDED_CLIENT}${LOCAL_REDIS}${untilStarted(`case ${INFO} in
  *role:master*) exit 0 ;;
${UNREADY}
  *master_link_status:up*) exit 0 ;;
  *) why='${UNCONNECTED}' ;;
esac`)}`;

const READY = `#!/bin/sh
# Ready: as started; a replica stays ready for 30 s without its master, for that is a failover.
${BOUNDED_CLIENT}${LOCAL_REDIS}case ${INFO} in
  *role:master*) exit 0 ;;
${UNREADY}
  *master_link_status:up*) exit 0 ;;
  *master_link_down_since_seconds:[0-9][!0-9]* | *master_link_down_since_seconds:[12][0-9][!0-9]*) exit 0 ;;
  *) why='${UNCONNECTED}' ;;
esac
echo "$why"
exit 1
`;

/** LOADING, BUSY, MASTERDOWN, NOAUTH, MISCONF and "max number of clients reached" are all answers of a live process. */
const LIVE = `#!/bin/sh
# Alive: anything answers.
${BOUNDED_CLIENT}${LOCAL_REDIS}case $($limit $cli -h 127.0.0.1 -p "$REDIS_PORT" PING 2>&1) in
  '' | 'Could not connect'*) exit 1 ;;
esac
exit 0
`;
