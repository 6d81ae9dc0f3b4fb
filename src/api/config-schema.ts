/** What the API server refuses in `customConfig`: lines that are none, and parameters that are the operator's. */
import { list, rules, type Schema } from './schema.ts';

const MAX_LINES = 128;
const MAX_LINE_LENGTH = 1024;

/** Parameters of Redis that the operator sets, or that another field of the spec sets, or that would hide the data. */
export const OWNED_BY_OPERATOR = [
  'port',
  'bind',
  'protected-mode',
  'cluster-enabled',
  'replicaof',
  'slaveof',
  'replica-announce-ip',
  'replica-announce-port',
  'slave-announce-ip',
  'slave-announce-port',
  'masterauth',
  'masteruser',
  'requirepass',
  'user',
  'aclfile',
  'rename-command',
  'dir',
  'dbfilename',
  'appendfilename',
  'appenddirname',
  'include',
] as const;

/**
 * Options of `SENTINEL SET` that the operator sets, and words of Sentinel's file that it or Sentinel writes. `sentinel` is
 * the first word of a line meant for a file.
 */
export const SENTINEL_OWNED_BY_OPERATOR = [
  'quorum',
  'auth-pass',
  'auth-user',
  'rename-command',
  'sentinel',
  'monitor',
  'myid',
  'known-replica',
  'known-slave',
  'known-sentinel',
  'config-epoch',
  'leader-epoch',
  'current-epoch',
  'announce-ip',
  'announce-port',
  'sentinel-user',
  'sentinel-pass',
  'requirepass',
  'port',
  'bind',
  'dir',
  'protected-mode',
] as const;

export const redisConfigSchema = (defaults: readonly string[]): Schema =>
  list(
    'Settings of Redis, a line each: `parameter value`, as for CONFIG SET. They are applied to running pods at once; a' +
      ' line that Redis refuses becomes a condition and stops nothing else. A setting whose line is removed goes' +
      ' back to its default; where that is not the same in every version the pods are replaced.' +
      ' `io-threads`, `tcp-backlog`, `disable-thp` and `set-proc-title` are read at a start only: a change of these' +
      ' replaces the pods.',
    line(OWNED_BY_OPERATOR, 'the operator sets this parameter: see spec.redis.port, spec.redis.storage and spec.auth'),
    { default: defaults, maxItems: MAX_LINES },
  );

export const sentinelConfigSchema = (defaults: readonly string[]): Schema =>
  list(
    'Settings of Sentinel, a line each: `option value`, as for SENTINEL SET, without the name of the master. The' +
      ' lines of the default hold for options that the list does not name. They are applied to running pods at once, and so' +
      ' is a removal; a line that Sentinel refuses becomes a condition and stops nothing else.',
    line(SENTINEL_OWNED_BY_OPERATOR, 'the operator sets this option; a line is `option value`, without `sentinel`'),
    { default: defaults, maxItems: MAX_LINES },
  );

const line = (owned: readonly string[], message: string): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength: MAX_LINE_LENGTH,
  ...rules(
    {
      rule: String.raw`self.matches('^[ \t]*[A-Za-z][A-Za-z0-9_.-]*[ \t]+[^\\x00\\r\\n]*[^\\x00\\r\\n\\t ][^\\x00\\r\\n]*$')`,
      message:
        'must be one line: a parameter, a blank and its value, for example `maxmemory 100mb`; `save ""` for no value',
    },
    { rule: String.raw`!self.matches('^[ \t]*(?i:${owned.join('|')})([ \t]|$)')`, message },
  ),
});
