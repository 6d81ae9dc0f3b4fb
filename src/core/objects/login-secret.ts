import type { Secret } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { redisName } from '../../api/names.ts';
import { quoteArgument } from './config-text.ts';
import { childMetadata } from './metadata.ts';

/** Where Redis pods see the Secret. */
export const LOGIN_DIRECTORY = '/redis-login';
const LOGIN_KEY = 'auth.conf';
export const LOGIN_FILE = `${LOGIN_DIRECTORY}/${LOGIN_KEY}`;

/**
 * Secret `rfr-NAME`: the user's password in the words of redis.conf, for clients (`requirepass`) and for replicas
 * (`masterauth`). https://redis.io/docs/latest/operate/oss_and_stack/management/security/#authentication
 */
export const loginSecret = (failover: DefaultedFailover, { password }: { readonly password: string }): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: childMetadata(failover, { name: redisName(failover.metadata.name), component: 'redis' }),
  type: 'Opaque',
  // Plain ASCII, whatever the password is: see `quoteArgument`.
  data: { [LOGIN_KEY]: btoa(`masterauth ${quoteArgument(password)}\nrequirepass ${quoteArgument(password)}\n`) },
});
