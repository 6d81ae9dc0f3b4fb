/**
 * The lines of customConfig that must hold from the first moment of a process. Every line is applied at run time with
 * CONFIG SET; these are in redis.conf as well, because before that moment Redis has read its data, or may have lost some.
 */
import { parseConfigLine } from '../../api/config-lines.ts';

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
  }),
);

/**
 * What holds when customConfig says nothing: spotahome's save points, a backlog that outlasts a pod's restart, and 1 s
 * instead of 5 s for the replicas of a new master to gather for one transfer.
 */
const DEFAULTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['save', ['900', '1', '300', '10']],
  ['repl-backlog-size', ['16mb']],
  ['repl-diskless-sync-delay', ['1']],
]);

/** The lines for redis.conf, our defaults included. As with CONFIG SET, the last line about a parameter wins. */
export const bootLines = (customConfig: readonly string[]): readonly string[] => {
  const chosen = customConfig.map(parseConfigLine).map(({ parameter, value }) => [parameter, wordsOf(value)] as const);
  const accepted = chosen.filter(([parameter, values]) => BOOT_PARAMETERS.get(parameter)?.(values) === true);
  const effective = new Map([...DEFAULTS, ...accepted]);
  return [...effective].flatMap(([name, values]) =>
    name === 'save' ? saveLines(values) : [`${name} ${values.join(' ')}`],
  );
};

const wordsOf = (value: string): readonly string[] => value.split(/\s+/).filter((word) => word !== '');

/** One pair a line, because Redis 6.2 takes no more; `save ""` switches snapshots off. */
const saveLines = (values: readonly string[]): readonly string[] =>
  values.length === 0
    ? ['save ""']
    : values.flatMap((value, index) => (index % 2 === 0 ? [`save ${value} ${values[index + 1]}`] : []));
