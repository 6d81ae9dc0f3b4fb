/** `spec.redis.dataSafety`: whether a master that is cut off from its replicas goes on acknowledging writes. */
import { rules, type Schema, text } from './schema.ts';
import type { DataSafety } from './types.ts';

/** Parameters of Redis that `Consistency` sets, with the names they had before Redis 5. */
const OWNED = 'min-(replicas|slaves)-(to-write|max-lag)';

export const dataSafetySchema = (byDefault: DataSafety): Schema =>
  text(
    'What counts more when both cannot be had. Availability: the master acknowledges writes also without a replica; what no' +
      ' replica has is lost with it. Consistency: a master that no replica has acknowledged for 3 s refuses writes' +
      ' (NOREPLICAS, at most 5 s after the last replica was cut off), so a master that is cut off loses no more than those' +
      ' seconds. Writes then wait for a replica on first boot, after a failover until one follows the new master, while all' +
      ' replicas are lost, and with replicas: 2 in a rolling update while the only replica restarts; status.dataSafety says' +
      ' so. After the loss of all pods it also waits, however long, for every pod that may hold newer data. With replicas: 1' +
      ' both are the same. Where a running master has no replica yet it begins with the first one in sync.' +
      ' The operator keeps min-replicas-to-write and min-replicas-max-lag of every Redis; in Availability lines of' +
      ' customConfig about them count.',
    { enum: ['Availability', 'Consistency'], default: byDefault },
  );

/** For the object that holds both fields. */
export const dataSafetyRules = (): Pick<Schema, 'x-kubernetes-validations'> =>
  rules({
    rule: String.raw`!has(self.dataSafety) || self.dataSafety != 'Consistency' || !has(self.customConfig) || !self.customConfig.exists(line, line.matches('^[ \t]*(?i:${OWNED})[ \t]'))`,
    message: 'must not set min-replicas-to-write or min-replicas-max-lag with dataSafety: Consistency, which sets them',
    fieldPath: '.customConfig',
  });
