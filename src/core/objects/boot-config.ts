/**
 * The lines of customConfig that must hold from the first moment of a process. Every line is applied at run time with
 * CONFIG SET; these are in redis.conf as well, because before that moment Redis has read its data, or may have lost some.
 */
import { parseConfigLine } from '../../api/config-lines.ts';
import type { DefaultedFailover } from '../../api/defaults.ts';
import { GROUP } from '../../api/names.ts';
import { fingerprint } from './applied-hash.ts';

type Accepts = (values: readonly string[]) => boolean;

/** At most nine digits, so that no unit makes it overflow. */
const AMOUNT = /^\d{1,9}([kmg]b?|b)?$/i;
const INTEGER = /^\d{1,9}$/;

const oneOf =
  (...allowed: readonly string[]): Accepts =>
  (values) =>
    values.length === 1 && allowed.includes(values[0]?.toLowerCase() ?? '');
const integer =
  (range: { readonly from: number; readonly to: number }): Accepts =>
  (values) =>
    values.length === 1 &&
    INTEGER.test(values[0] ?? '') &&
    Number(values[0]) >= range.from &&
    Number(values[0]) <= range.to;
const amount: Accepts = (values) => values.length === 1 && AMOUNT.test(values[0] ?? '');
const yesOrNo = oneOf('yes', 'no');
const POLICIES = [
  'noeviction',
  'volatile-ttl',
  ...['lru', 'lfu', 'random'].flatMap((by) => [`allkeys-${by}`, `volatile-${by}`]),
];
const COUNT = { from: 0, to: 999_999_999 };

/**
 * Parameters that may be in the file, each with a check that is stricter than Redis' own in every version served: a line
 * Redis refuses in its file would keep it from starting. Not here, although Redis reads them only at boot: names of files
 * (a new name makes Redis start empty beside its data) and `databases` (fewer than the data uses, and it does not start).
 */
const BOOT_PARAMETERS: ReadonlyMap<string, Accepts> = new Map(
  Object.entries<Accepts>({
    'aof-load-truncated': yesOrNo,
    appendfsync: oneOf('always', 'everysec', 'no'),
    appendonly: yesOrNo,
    'disable-thp': yesOrNo,
    'io-threads': integer({ from: 1, to: 128 }),
    maxmemory: amount,
    'maxmemory-policy': oneOf(...POLICIES),
    'min-replicas-max-lag': integer(COUNT),
    'min-replicas-to-write': integer(COUNT),
    'repl-backlog-size': (values) => amount(values) && !/^0+\D*$/.test(values[0] ?? ''),
    'repl-diskless-sync-delay': integer(COUNT),
    'replica-priority': integer(COUNT),
    save: (values) =>
      values.length % 2 === 0 &&
      values.every((value, index) => INTEGER.test(value) && (index % 2 === 1 || Number(value) > 0)),
    'set-proc-title': yesOrNo,
    'tcp-backlog': integer({ from: 1, to: 65_535 }),
  }),
);

/** Those of them that no running process takes, at least in some version served: it has to be replaced. */
export const READ_AT_START: ReadonlySet<string> = new Set([
  'disable-thp',
  'io-threads',
  'set-proc-title',
  'tcp-backlog',
]);

/**
 * What holds when customConfig says nothing: spotahome's save points, a backlog that outlasts a pod's restart, and 1 s
 * instead of 5 s for the replicas of a new master to gather for one transfer.
 */
const DEFAULTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['save', ['900', '1', '300', '10']],
  ['repl-backlog-size', ['16mb']],
  ['repl-diskless-sync-delay', ['1']],
]);

/** What Redis goes back to of these, and of what else is always in redis.conf: as CONFIG GET says it. */
export const BASE_SETTINGS: ReadonlyMap<string, string> = new Map([
  ['save', '900 1 300 10'],
  ['repl-backlog-size', String(16 * 1024 * 1024)],
  ['repl-diskless-sync-delay', '1'],
  ['tcp-keepalive', '60'],
]);

/** The lines for redis.conf, our defaults included. As with CONFIG SET, the last line about a parameter wins. */
export const bootLines = (customConfig: readonly string[]): readonly string[] => {
  const effective = new Map([...DEFAULTS, ...acceptedSettings(customConfig)]);
  return [...effective].flatMap(([name, values]) =>
    name === 'save' ? saveLines(values) : [`${name} ${values.join(' ')}`],
  );
};

/** Of those lines, the ones that only a new process takes, whatever the order and the case they were written in. */
export const startLines = (customConfig: readonly string[]): readonly string[] =>
  [...new Map(acceptedSettings(customConfig).filter(([parameter]) => READ_AT_START.has(parameter)))]
    .map(([parameter, values]) => `${parameter} ${values.join(' ').toLowerCase()}`)
    .sort();

/** Whether a line is one of those. Any other is sent to the running process. */
export const isReadAtStart = (line: string): boolean => startLines([line]).length > 0;

/** An annotation of Redis pods, so that a change of such a line gives new ones; nothing without them. */
export const startAnnotation = ({ spec }: DefaultedFailover): Readonly<Record<string, string>> => {
  const lines = startLines(spec.redis.customConfig);
  return lines.length === 0 ? {} : { [`redisfailovers.${GROUP}/read-at-start`]: fingerprint(lines) };
};

type Setting = readonly [parameter: string, values: readonly string[]];

const acceptedSettings = (customConfig: readonly string[]): readonly Setting[] =>
  customConfig
    .map(parseConfigLine)
    .map(({ parameter, value }): Setting => [parameter, wordsOf(value)])
    .filter(([parameter, values]) => BOOT_PARAMETERS.get(parameter)?.(values) === true);

const wordsOf = (value: string): readonly string[] => value.split(/\s+/).filter((word) => word !== '');

/** One pair a line, because Redis 6.2 takes no more; `save ""` switches snapshots off. */
const saveLines = (values: readonly string[]): readonly string[] =>
  values.length === 0
    ? ['save ""']
    : values.flatMap((value, index) => (index % 2 === 0 ? [`save ${value} ${values[index + 1]}`] : []));
