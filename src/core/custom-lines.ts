/**
 * The lines that a running Redis is to have: those of customConfig, and for each parameter that was in it before the value that
 * a new process would start with. So a removed line goes back, while what somebody else sets with CONFIG SET stays. Where
 * nobody knows that value, a new process is what goes back: pods that may have the removed one are replaced.
 */
import { parseConfigLine } from '../api/config-lines.ts';
import { OWNED_BY_OPERATOR } from '../api/config-schema.ts';
import type { DefaultedFailover } from '../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION, redisName } from '../api/names.ts';
import { BASE_SETTINGS, READ_AT_START } from './objects/boot-config.ts';
import { SERVER_DEFAULTS } from './objects/server-defaults.ts';
import type { Children, ConfigFacts, RedisPod } from './observation.ts';
import type { Situation } from './situation.ts';

/** Its lines set the limits of one kind of clients each: `normal`, `slave` or `pubsub`, and three numbers. */
const LIMITS = 'client-output-buffer-limit';

/** The limits of one kind, as a setting of its own. */
const limitsOf = (kind: string): string => `${LIMITS}.${kind.toLowerCase().replace(/^replica$/, 'slave')}`;

const ofKinds = (value: string): readonly (readonly [kind: string, limits: string])[] => {
  const words = value.split(/\s+/);
  return words.flatMap((kind, index) => (index % 4 === 0 ? [[kind, words.slice(index + 1, index + 4).join(' ')]] : []));
};

const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SERVER_DEFAULTS).filter(([name]) => name !== LIMITS),
  ...ofKinds(SERVER_DEFAULTS[LIMITS] ?? '').map(([kind, limits]) => [limitsOf(kind), limits] as const),
  ...BASE_SETTINGS,
]);

/** Settings that customConfig does not have, or that go back without this file: by a rule, or with the pod template. */
const OTHERS_KEEP: ReadonlySet<string> = new Set([
  ...OWNED_BY_OPERATOR,
  ...READ_AT_START,
  'min-replicas-max-lag',
  'min-replicas-to-write',
  'replica-priority',
]);

/** A setting that is, or was, in customConfig. */
type Customized = {
  readonly name: string;
  /** Of one that no default is known of: no Redis is known to have taken it yet. */
  readonly isTried?: boolean;
  /**
   * Of one that is not there any more, and that no default is known of: when the youngest pod was made that may have it, in
   * milliseconds since 1970. It is the API server's time, and so is that of the pods it is compared with.
   */
  readonly youngest?: number;
};

/** The lines of customConfig, and one for every setting that goes back. */
export const redisLines = (failover: DefaultedFailover, { others }: Children): readonly string[] => {
  const now = new Set(namesIn(failover));
  const back = recorded(failover, others).flatMap(({ name }) => {
    const value = now.has(name) ? undefined : DEFAULTS.get(name);
    return value === undefined ? [] : [lineOf(name, value)];
  });
  return [...failover.spec.redis.customConfig, ...back];
};

const lineOf = (name: string, value: string): string => {
  const words = name.startsWith(`${LIMITS}.`) ? [LIMITS, name.slice(LIMITS.length + 1)] : [name];
  return [...words, value === '' ? '""' : value].join(' ');
};

/**
 * The settings to write down: those in customConfig, and of those written down before the ones that some pod may still have. They are
 * written before any process is told, so nothing is ever set without being known.
 */
export const customized = (situation: Situation): readonly string[] => {
  const { failover, children } = situation;
  const before = recorded(failover, children.others);
  const now = new Set(namesIn(failover));
  const there = [...now].filter(isKept).flatMap((name) => {
    const known = before.find((one) => one.name === name);
    return present(situation, { name, isTried: known === undefined || known.isTried === true }) ?? [];
  });
  const gone = before.filter(({ name }) => !now.has(name)).flatMap((one) => lingering(situation, one) ?? []);
  return [...there, ...gone].map(written).sort();
};

/** A setting of customConfig, as it is to be written down; undefined when every Redis has refused it and none ever took it. */
const present = ({ redis }: Situation, { name, isTried }: Customized): Customized | undefined => {
  if (DEFAULTS.has(name) || isTried !== true) return { name };
  const answers = redis.flatMap(({ answer }) => (answer.kind === 'answer' ? [answer] : []));
  const has = (lines: readonly string[]): boolean => lines.flatMap(namesOf).includes(name);
  if (answers.some(({ config }) => !has(unfinished(config)))) return { name };
  const isRefused = answers.length === redis.length && answers.every(({ config }) => !has(config.pending));
  return isRefused && redis.length > 0 ? undefined : { name, isTried };
};

/**
 * The settings that this pod may have from lines that customConfig no longer has, and that only a new process is without.
 */
export const outlived = ({ failover, children }: Situation, { createdAt }: RedisPod): readonly string[] => {
  const now = new Set(namesIn(failover));
  return recorded(failover, children.others).flatMap(({ name, youngest }) =>
    youngest !== undefined && createdAt <= youngest && !now.has(name) ? [name] : [],
  );
};

/** Whether some pod is to be replaced for a removed line, also while it is not written down which ones. */
export const rollsForRemoved = ({ failover, children }: Situation): boolean => {
  const now = new Set(namesIn(failover));
  return recorded(failover, children.others).some(({ name }) => !DEFAULTS.has(name) && !now.has(name));
};

/** A setting that customConfig no longer has, as it is to be written down; undefined when no pod has it any more. */
const lingering = ({ redis }: Situation, { name, youngest }: Customized): Customized | undefined => {
  if (DEFAULTS.has(name)) {
    const isBack = redis.every(
      ({ answer }) => answer.kind === 'answer' && !unfinished(answer.config).flatMap(namesOf).includes(name),
    );
    return isBack ? undefined : { name };
  }
  const until = youngest ?? Math.max(...redis.map(({ createdAt }) => createdAt));
  return redis.some(({ createdAt }) => createdAt <= until) ? { name, youngest: until } : undefined;
};

const written = ({ name, isTried, youngest }: Customized): string =>
  youngest === undefined ? `${name}${isTried === true ? '?' : ''}` : `${name}@${new Date(youngest).toISOString()}`;

const RECORD = /^([a-z0-9._-]+)(?:(\?)|@(\S+))?$/;

const recorded = ({ metadata }: DefaultedFailover, others: Children['others']): readonly Customized[] => {
  const { annotations = {} } = others.get(`ConfigMap/${redisName(metadata.name)}`)?.metadata ?? {};
  return (annotations[CUSTOMIZED_ANNOTATION] ?? '').split(',').flatMap((text) => {
    const [, name = '', tried, made] = RECORD.exec(text) ?? [];
    const youngest = made === undefined ? undefined : Date.parse(made);
    return isKept(name) ? [{ name, isTried: tried !== undefined, ...(youngest !== undefined && { youngest }) }] : [];
  });
};

/** Whether it is for this file to bring it back. The schema has no other names, but an object may be older than that. */
const isKept = (name: string): boolean =>
  DEFAULTS.has(name) || (/^[a-z0-9._-]+$/.test(name) && !name.startsWith(LIMITS) && !OTHERS_KEEP.has(name));

const unfinished = ({ pending, refused }: ConfigFacts): readonly string[] => [
  ...pending,
  ...refused.map(({ line }) => line),
];

const namesIn = ({ spec }: DefaultedFailover): readonly string[] => spec.redis.customConfig.flatMap(namesOf);

const namesOf = (line: string): readonly string[] => {
  const { parameter, value } = parseConfigLine(line);
  return parameter === LIMITS ? ofKinds(value).map(([kind]) => limitsOf(kind)) : [today(parameter)];
};

/** The name of today: some parameters have two since Redis 5 or 7, which are one setting. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
export const today = (parameter: string): string =>
  parameter
    .replace(/^slave-/, 'replica-')
    .replace(/^min-slaves-/, 'min-replicas-')
    .replace('-slave-', '-replica-')
    .replace('-ziplist-', '-listpack-')
    .replace(/^lua-time-limit$/, 'busy-reply-threshold');
