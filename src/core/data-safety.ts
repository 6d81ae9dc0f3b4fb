/** `spec.redis.dataSafety`: what it asks of every Redis, and how much may be lost. */
import { parseConfigLine } from '../api/config-lines.ts';
import type { DefaultedRedis } from '../api/defaults.ts';
import type { DataSafetyStatus } from '../api/types.ts';
import type { RequiredReplicas } from './observation.ts';
import type { AnsweringRedis, Situation } from './situation.ts';

/**
 * How old the last acknowledgement of a replica may be. Replicas acknowledge once a second and Redis compares whole seconds,
 * so a healthy one is up to 2 behind: 3 lets it miss one. And a master that is cut off stops before Sentinel, which waits 5 s
 * by default and then votes, has elected another.
 */
const MAX_LAG_SECONDS = 3;
/** Redis rounds the lag down to whole seconds, and counts the replicas that are not too late once a second. */
const ROUNDING_SECONDS = 2;
/** What Redis has when nobody says otherwise. */
const REDIS_DEFAULT: RequiredReplicas = { toWrite: 0, maxLagSeconds: 10 };

/** What every Redis of the failover is to require of its replicas once it is master. */
export const wantedReplicas = (spec: DefaultedRedis): RequiredReplicas => {
  if (isGuarded(spec)) return { toWrite: 1, maxLagSeconds: MAX_LAG_SECONDS };
  return {
    toWrite: customNumber(spec, 'to-write') ?? REDIS_DEFAULT.toWrite,
    maxLagSeconds: customNumber(spec, 'max-lag') ?? REDIS_DEFAULT.maxLagSeconds,
  };
};

/** Lines for redis.conf, so that a process requires a replica from its first moment as master; customConfig has its own. */
export const dataSafetyLines = (spec: DefaultedRedis): readonly string[] => {
  const { toWrite, maxLagSeconds } = wantedReplicas(spec);
  return isGuarded(spec) ? [`min-replicas-to-write ${toWrite}`, `min-replicas-max-lag ${maxLagSeconds}`] : [];
};

/** Whether a master refuses writes, because too few replicas acknowledge. */
export const refusesWrites = ({ answer }: AnsweringRedis): boolean =>
  answer.goodReplicas !== undefined && answer.goodReplicas < (answer.requiredReplicas?.toWrite ?? 0);

/** What the user reads of it. */
export const dataSafetyStatus = ({ failover, master, source }: Situation): DataSafetyStatus => {
  const { redis } = failover.spec;
  const required = master?.answer.requiredReplicas;
  return {
    mode: redis.dataSafety,
    ...(required && { minReplicasToWrite: required.toWrite, maxLagSeconds: required.maxLagSeconds }),
    bound: source === undefined ? boundOf(redis, required) : OUTSIDE,
  };
};

const OUTSIDE = 'the master is outside of this failover, which therefore acknowledges no writes';

/** One Redis alone could never write. */
const isGuarded = ({ dataSafety, replicas }: DefaultedRedis): boolean => dataSafety === 'Consistency' && replicas > 1;

const customNumber = ({ customConfig }: DefaultedRedis, setting: 'to-write' | 'max-lag'): number | undefined => {
  const names = new Set([`min-replicas-${setting}`, `min-slaves-${setting}`]);
  const value = customConfig.map(parseConfigLine).findLast(({ parameter }) => names.has(parameter))?.value;
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
};

const boundOf = (spec: DefaultedRedis, required: RequiredReplicas | undefined): string => {
  const { replicas, dataSafety } = spec;
  if (required === undefined) return 'no master is known, which alone could acknowledge a write';
  if (replicas === 1) return 'there is no replica: the loss of the master loses what it has not saved to its volume';
  if (required.toWrite > 0 && required.maxLagSeconds > 0) {
    const seconds = required.maxLagSeconds + ROUNDING_SECONDS;
    return `a master refuses writes within ${seconds} s once fewer than ${required.toWrite} of its replicas acknowledge; what it acknowledged in that time may be lost`;
  }
  if (dataSafety === 'Consistency') return 'no bound yet: the master has had no replica in sync since it was asked for';
  return 'a crash of the master may lose what it acknowledged and no replica had received yet (redis_operator_failover_bytes_behind); one that is cut off may lose all that it acknowledges until it is back';
};
