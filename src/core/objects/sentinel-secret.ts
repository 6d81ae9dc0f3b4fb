/** How Sentinels that ask for a password get it, and how those who work with them log in. */
import type { EnvVar, PodSpec, Secret, Volume, VolumeMount } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { INTERNAL_USER, sentinelName } from '../../api/names.ts';
import { base64, INTERNAL_PASSWORD_KEY, type InternalCredentials } from './internal-secret.ts';
import { childMetadata } from './metadata.ts';

/** Where pods see the Secret, and the name of that volume. */
const LOGIN_DIRECTORY = '/sentinel-login';
const LOGIN_VOLUME = 'sentinel-login';
const LOGIN_CONFIG_KEY = 'login.conf';
const SECRET_MODE = 0o440;
/** The lines for sentinel.conf. */
export const SENTINEL_LOGIN_FILE = `${LOGIN_DIRECTORY}/${LOGIN_CONFIG_KEY}`;
/** The internal user's password, in the pods of both components. */
export const SENTINEL_PASSWORD_FILE = `${LOGIN_DIRECTORY}/${INTERNAL_PASSWORD_KEY}`;

/** What an ACL user of Sentinel may do: everything, as without ACL. A Sentinel has no keys. */
export const SENTINEL_RIGHTS: readonly string[] = ['~*', '&*', '+@all'];

/** The credentials of operator and Sentinels, and the SHA-256 of the clients' password. */
export type SentinelCredentials = { readonly own: InternalCredentials; readonly clientsSha256: string };

/**
 * Secret `rfs-NAME`: Sentinel's default user with the user's password, for clients, and the internal user with a random one,
 * as which operator, probes and Sentinels log in. So a new password of the user's concerns clients alone. Both passwords are
 * there as hashes; the one in clear needs no quotes, which Sentinel would lose when it writes its file.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#configuring-sentinel-instances-with-authentication
 */
export const sentinelSecret = (failover: DefaultedFailover, { own, clientsSha256 }: SentinelCredentials): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: childMetadata(failover, { name: sentinelName(failover.metadata.name), component: 'sentinel' }),
  type: 'Opaque',
  data: {
    [INTERNAL_PASSWORD_KEY]: base64(own.password),
    [LOGIN_CONFIG_KEY]: base64(
      `user default on #${clientsSha256} ${SENTINEL_RIGHTS.join(' ')}
user ${INTERNAL_USER} on #${own.sha256} ${SENTINEL_RIGHTS.join(' ')}
sentinel sentinel-user ${INTERNAL_USER}
sentinel sentinel-pass ${own.password}
`,
    ),
  },
});

/** Whether Sentinels ask clients for a password. */
export const asksClients = ({ spec }: Pick<DefaultedFailover, 'spec'>): boolean =>
  Boolean(spec.auth?.sentinelSecretPath);

/** The Secret in a Sentinel pod, which waits for it. */
export const sentinelLoginVolume = (failover: DefaultedFailover): readonly Volume[] =>
  asksClients(failover)
    ? [
        {
          name: LOGIN_VOLUME,
          secret: { secretName: sentinelName(failover.metadata.name), defaultMode: SECRET_MODE },
        },
      ]
    : [];

/** The internal user's password in a Redis pod, for its preStop script. The pod does not wait for it. */
export const sentinelPasswordVolume = (failover: DefaultedFailover): readonly Volume[] =>
  asksClients(failover)
    ? [
        {
          name: LOGIN_VOLUME,
          secret: {
            secretName: sentinelName(failover.metadata.name),
            defaultMode: SECRET_MODE,
            items: [{ key: INTERNAL_PASSWORD_KEY, path: INTERNAL_PASSWORD_KEY }],
            optional: true,
          },
        },
      ]
    : [];

/** Where a container sees either of them. */
export const sentinelLoginMount = (failover: DefaultedFailover): readonly VolumeMount[] =>
  asksClients(failover) ? [{ name: LOGIN_VOLUME, mountPath: LOGIN_DIRECTORY, readOnly: true }] : [];

/** Whether a Sentinel of this spec starts with the login. */
export const mountsSentinelLogin = (spec: Pick<PodSpec, 'volumes'> | undefined): boolean =>
  spec?.volumes?.some(({ name }) => name === LOGIN_VOLUME) ?? false;

/** The login for the exporter. https://github.com/oliver006/redis_exporter#command-line-flags */
export const sentinelLoginEnvironment = (failover: DefaultedFailover): readonly EnvVar[] =>
  asksClients(failover)
    ? [
        { name: 'REDIS_USER', value: INTERNAL_USER },
        {
          name: 'REDIS_PASSWORD',
          valueFrom: { secretKeyRef: { name: sentinelName(failover.metadata.name), key: INTERNAL_PASSWORD_KEY } },
        },
      ]
    : [];

/**
 * Lines of a script that let `redis-cli $user` log in to Sentinel; nothing without a password. A pod from before it was asked
 * for has no such file. redis-cli takes the password from the environment, so it is on no command line.
 */
export const loginToSentinel = (failover: DefaultedFailover): string =>
  asksClients(failover)
    ? `user=
if [ -s ${SENTINEL_PASSWORD_FILE} ]; then
  read -r REDISCLI_AUTH <${SENTINEL_PASSWORD_FILE} || :
  export REDISCLI_AUTH
  user='--user ${INTERNAL_USER}'
fi
`
    : '';

/** The argument of redis-cli that goes with it. */
export const sentinelUser = (failover: DefaultedFailover): string => (asksClients(failover) ? '$user ' : '');
