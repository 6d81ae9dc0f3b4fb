/** RedisFailovers for tests of the builders. */
import { type DefaultedFailover, withDefaults } from '../../api/defaults.ts';
import type { RedisFailoverSpec } from '../../api/types.ts';

/** The failover `space/test`. */
export const failover = (
  spec: RedisFailoverSpec = {},
  labels: Readonly<Record<string, string>> = {},
): DefaultedFailover =>
  withDefaults({ metadata: { name: 'test', namespace: 'space', uid: 'failover-uid', labels: { ...labels } }, spec });
