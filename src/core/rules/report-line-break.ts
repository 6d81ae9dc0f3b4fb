import { exporter } from '../objects/exporter.ts';
import { PASSWORD_VARIABLE } from '../objects/redis-environment.ts';
import type { Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';

/**
 * Names the Secret of a password that ends in a line break. Redis runs without it, but Kubernetes gives the exporter and the
 * user's containers the value as it is, and they cannot log in.
 */
export const reportLineBreak = ({ login, failover }: Situation): Verdict => {
  const { metadata, spec } = failover;
  if (login.kind !== 'password' || login.endsInLineBreak !== true) return {};
  const readers = [...exporter(failover, 'redis'), ...(spec.redis.extraContainers ?? [])];
  if (readers.length === 0) return {};
  const secret = `secret ${spec.auth?.secretPath} -n ${metadata.namespace}`;
  const message =
    `Secret ${spec.auth?.secretPath} of spec.auth.secretPath ends in a line break, which is no part of the password but of` +
    ` ${PASSWORD_VARIABLE}, by which ${readers.map(({ name }) => name).join(', ')} cannot log in. This takes it away: ${mending(secret)}`;
  return { problems: [{ reason: 'PasswordEndsInLineBreak', message }] };
};

/** The shell takes line breaks from the end of what `$( )` prints. The password is in no argument. */
const mending = (secret: string): string =>
  `printf %s "$(kubectl get ${secret} -o jsonpath='{.data.password}' | base64 -d)" | base64 | tr -d '\\n'` +
  ` | sed 's/.*/{"data":{"password":"&"}}/' | kubectl patch ${secret} --patch-file /dev/stdin`;
