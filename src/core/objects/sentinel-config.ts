import type { ConfigMap, Probe } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { MASTER_NAME, SENTINEL_PORT, sentinelName } from '../../api/names.ts';
import { childMetadata } from './metadata.ts';
import { BOUNDED_CLIENT, execProbe, startupProbe, untilStarted } from './scripts.ts';
import { loginToSentinel, sentinelUser } from './sentinel-secret.ts';

/** Key of the file that Sentinel starts from, and where its container sees the probe scripts. */
export const SENTINEL_CONFIG_KEY = 'sentinel.conf';
export const SENTINEL_PROBE_DIRECTORY = '/sentinel-probes';

/** Where Sentinel pods see the user's startup script. */
export const SENTINEL_STARTUP_DIRECTORY = '/sentinel-startup';

/** Config map `rfs-NAME`: what a new Sentinel starts from, and its probe scripts. It holds no password. */
export const sentinelConfigMap = (failover: DefaultedFailover): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: childMetadata(failover, { name: sentinelName(failover.metadata.name), component: 'sentinel' }),
  data: {
    [SENTINEL_CONFIG_KEY]: SENTINEL_CONFIG,
    'start.sh': start(failover),
    'ready.sh': ready(failover),
    'live.sh': LIVE,
  },
});

/** The probes of the Sentinel container: it is of use once it watches a real master, which the operator tells it. */
export const sentinelProbes = (
  startupConfigMap?: string,
): { startupProbe: Probe; readinessProbe: Probe; livenessProbe: Probe } => ({
  startupProbe: startupProbe(`${SENTINEL_PROBE_DIRECTORY}/start.sh`, startupConfigMap && SENTINEL_STARTUP_DIRECTORY),
  readinessProbe: execProbe(`${SENTINEL_PROBE_DIRECTORY}/ready.sh`, { periodSeconds: 15, failureThreshold: 2 }),
  livenessProbe: execProbe(`${SENTINEL_PROBE_DIRECTORY}/live.sh`, { periodSeconds: 30, failureThreshold: 2 }),
});

/** A new Sentinel watches nothing: a master written here would be a guess. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ */
const SENTINEL_CONFIG = `# Written by redis-operator, which adds the master at run time.
port ${SENTINEL_PORT}
dir /redis
protected-mode no
`;

const ask = (
  failover: DefaultedFailover,
): string => `set -- $($limit $cli ${sentinelUser(failover)}-h 127.0.0.1 -p ${SENTINEL_PORT} SENTINEL GET-MASTER-ADDR-BY-NAME ${MASTER_NAME} 2>/dev/null)
[ $# -eq 2 ] && [ "$1" != 127.0.0.1 ] && exit 0
why='It waits to be told the master.'`;

const start = (failover: DefaultedFailover): string => `#!/bin/sh
# Started: it watches ${MASTER_NAME} at an address that is not its own.
${BOUNDED_CLIENT}${loginToSentinel(failover)}${untilStarted(ask(failover))}`;

const ready = (failover: DefaultedFailover): string => `#!/bin/sh
# Ready: it watches ${MASTER_NAME} at an address that is not its own.
${BOUNDED_CLIENT}${loginToSentinel(failover)}${ask(failover)}
echo "$why"
exit 1
`;

const LIVE = `#!/bin/sh
# Alive: anything answers.
${BOUNDED_CLIENT}case $($limit $cli -h 127.0.0.1 -p ${SENTINEL_PORT} PING 2>&1) in
  '' | 'Could not connect'*) exit 1 ;;
esac
exit 0
`;
