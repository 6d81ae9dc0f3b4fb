/** What the scripts in the pods share. They are POSIX sh and start as few processes as they can. */
import type { Probe } from 'kubernetes-types/core/v1.js';

/**
 * The server, which is Sentinel, too, as one word of a shell. Valkey has names of its own, and not every image of it has Redis'
 * names as well. Where there is neither, the shell says that it has no redis-server.
 */
export const SERVER = '"$(command -v redis-server || command -v valkey-server || echo redis-server)"';

/** Finds the client, for `$cli`. */
export const FIND_CLIENT = `cli=redis-cli
command -v redis-cli >/dev/null || cli=valkey-cli
`;

/** Seconds until the kubelet gives up a probe; the scripts give up a second earlier. */
const PROBE_TIMEOUT_SECONDS = 5;

/**
 * Finds the client and bounds it, for `$limit $cli`. It has no time limit of its own in every version served: when the kubelet
 * gives a probe up, it kills the shell and leaves the client behind in the container, one more each time while Redis hangs.
 */
export const BOUNDED_CLIENT = `${FIND_CLIENT}limit=
command -v timeout >/dev/null && limit='timeout ${PROBE_TIMEOUT_SECONDS - 1}'
`;

/**
 * redis-cli takes the password of the default user from the environment, so it is on no command line. Line breaks at the end
 * of the Secret's value are not part of the password, here as in the configuration.
 */
export const LOCAL_REDIS = `[ -n "$REDIS_PASSWORD" ] && REDISCLI_AUTH=$(printf '%s' "$REDIS_PASSWORD") && export REDISCLI_AUTH
`;

/** How often a startup script asks before it gives up, a quarter of a second apart: just under the probe's own limit. */
const STARTUP_QUESTIONS = 15;

/**
 * Asks again and again within one run of a startup probe: for the kubelet, to run a script in a container costs far more
 * than anything the script does. `ask` exits 0 or says why not in `$why`.
 */
export const untilStarted = (ask: string): string => `n=0
[ -n "$limit" ] && limit='timeout 1'
while [ $n -lt ${STARTUP_QUESTIONS} ]; do
${ask}
n=$((n + 1))
sleep 0.25 2>/dev/null || { sleep 1; n=$((n + 3)); }
done
echo "$why"
exit 1
`;

/**
 * Our startup probe, for at least an hour, and after it the user's script where there is one.
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export const startupProbe = (script: string, userDirectory: string | undefined): Probe => {
  const probe = execProbe(script, { periodSeconds: 1, failureThreshold: 3600 });
  if (!userDirectory) return probe;
  const both = `/bin/sh ${script} && exec /bin/sh ${userDirectory}/startup.sh`;
  return { ...probe, timeoutSeconds: 2 * PROBE_TIMEOUT_SECONDS, exec: { command: ['/bin/sh', '-c', both] } };
};

/** A probe that runs a script. It needs no execute permission this way. */
export const execProbe = (
  script: string,
  { periodSeconds, failureThreshold }: { readonly periodSeconds: number; readonly failureThreshold: number },
): Probe => ({
  exec: { command: ['/bin/sh', script] },
  timeoutSeconds: PROBE_TIMEOUT_SECONDS,
  periodSeconds,
  failureThreshold,
});
