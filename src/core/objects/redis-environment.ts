import type { EnvVar } from 'kubernetes-types/core/v1.js';
import type { DefaultedFailover } from '../../api/defaults.ts';

/** The user's password, in spotahome's pods as well. */
export const PASSWORD_VARIABLE = 'REDIS_PASSWORD';

/** What containers of a Redis pod know of Redis: spotahome's variables in its order, which sidecars and users' scripts read. */
export const redisEnvironment = ({ spec }: DefaultedFailover): EnvVar[] => [
  { name: 'REDIS_ADDR', value: `redis://127.0.0.1:${spec.redis.port}` },
  { name: 'REDIS_PORT', value: String(spec.redis.port) },
  { name: 'REDIS_USER', value: 'default' },
  ...(spec.auth?.secretPath
    ? [{ name: PASSWORD_VARIABLE, valueFrom: { secretKeyRef: { name: spec.auth.secretPath, key: 'password' } } }]
    : []),
];
