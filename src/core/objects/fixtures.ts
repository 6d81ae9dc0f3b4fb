/** RedisFailovers for tests of the builders. */
import type { DefaultedFailover } from '../../api/defaults.ts';
import type { RedisFailoverSpec } from '../../api/types.ts';

export const failover = (spec: RedisFailoverSpec = {}, labels: Record<string, string> = {}): DefaultedFailover => ({
  apiVersion: 'databases.spotahome.com/v1',
  kind: 'RedisFailover',
  metadata: { name: 'test', namespace: 'space', uid: 'failover-uid', labels },
  spec: {
    ...spec,
    redis: {
      replicas: 3,
      port: 6379,
      image: 'redis:7',
      imagePullPolicy: 'IfNotPresent',
      customConfig: [],
      ...spec.redis,
      storage: { keepAfterDeletion: false, ...spec.redis?.storage },
    },
    sentinel: { replicas: 3, image: 'redis:7', imagePullPolicy: 'IfNotPresent', customConfig: [], ...spec.sentinel },
  },
});
