import type { Container, PodSpec, PodTemplateSpec, Secret } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { INTERNAL_USER, internalName } from '../../api/names.ts';
import { quoteArgument } from './config-text.ts';
import { childMetadata } from './metadata.ts';

/** The password, and its SHA-256 in hexadecimal digits, by which Redis knows it. */
export type InternalCredentials = { readonly password: string; readonly sha256: string };

/** Where Redis pods see the lines for redis.conf, and the name of that volume. */
const INTERNAL_DIRECTORY = '/redis-internal';
const INTERNAL_VOLUME = 'redis-internal';
const INTERNAL_CONFIG_KEY = 'internal.conf';
export const INTERNAL_FILE = `${INTERNAL_DIRECTORY}/${INTERNAL_CONFIG_KEY}`;
/** Key of the Secret with the password itself. */
export const INTERNAL_PASSWORD_KEY = 'password';

/**
 * What the internal user may do: what replicas and Sentinels send, and no key. `sync` is how Valkey's replicas fetch the data
 * over a second connection. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/#acl-rules-for-sentinel-and-replicas
 */
export const INTERNAL_RIGHTS: readonly string[] = [
  'resetkeys resetchannels &__sentinel__:hello -@all',
  '+ping +psync +sync +replconf',
  '+info +role +subscribe +publish +multi +exec +slaveof +replicaof',
  '+config|rewrite +client|setname +client|kill +script|kill',
].flatMap((rules) => rules.split(' '));

/**
 * Secret `rfi-NAME`: the internal user, by the hash of its password, and the login of replicas. It is made once with a random
 * password, which from then on is read from the live Secret and never changed.
 */
export const internalSecret = (failover: DefaultedFailover, { password, sha256 }: InternalCredentials): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: childMetadata(failover, { name: internalName(failover.metadata.name), component: 'redis' }),
  type: 'Opaque',
  data: {
    [INTERNAL_PASSWORD_KEY]: base64(password),
    [INTERNAL_CONFIG_KEY]: base64(
      `user ${INTERNAL_USER} on #${sha256} ${INTERNAL_RIGHTS.join(' ')}
masteruser ${INTERNAL_USER}
masterauth ${quoteArgument(password)}
`,
    ),
  },
});

/** The pod template with the file of the Secret in the container of Redis. The password itself is not in the pods. */
export const withInternalSecret = (template: PodTemplateSpec, name: string): PodTemplateSpec => {
  const { containers = [], volumes = [], ...spec } = template.spec ?? {};
  return {
    ...template,
    spec: {
      ...spec,
      containers: containers.map((container) => (container.name === 'redis' ? withMount(container) : container)),
      volumes: [
        ...volumes,
        {
          name: INTERNAL_VOLUME,
          secret: {
            secretName: internalName(name),
            defaultMode: SECRET_MODE,
            items: [{ key: INTERNAL_CONFIG_KEY, path: INTERNAL_CONFIG_KEY }],
          },
        },
      ],
    },
  };
};

const SECRET_MODE = 0o440;

const withMount = (container: Container): Container => ({
  ...container,
  volumeMounts: [
    ...(container.volumeMounts ?? []),
    { name: INTERNAL_VOLUME, mountPath: INTERNAL_DIRECTORY, readOnly: true },
  ],
});

/** Whether pods of this spec read the Secret. */
export const mountsInternal = (spec: Pick<PodSpec, 'volumes'> | undefined): boolean =>
  spec?.volumes?.some(({ name }) => name === INTERNAL_VOLUME) ?? false;

/** Of the bytes of its UTF-8. */
export const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
