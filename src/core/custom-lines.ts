/**
 * The lines that a running Redis is to have: those of customConfig, and for each parameter that was in it before the value that
 * a new process would start with. So a removed line goes back, while what somebody else sets with CONFIG SET stays. Where
 * nobody knows that value, a new process is what goes back: pods that may have the removed one are replaced.
 */
import type { DefaultedFailover } from '../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION, redisName } from '../api/names.ts';
import { defaultOf, goesBack, lineOf, namesOf } from './custom-settings.ts';
import type { Children, ConfigFacts, RedisPod } from './observation.ts';
import type { Situation } from './situation.ts';

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
    const value = now.has(name) ? undefined : defaultOf(name);
    return value === undefined ? [] : [lineOf(name, value)];
  });
  return [...failover.spec.redis.customConfig, ...back];
};

/**
 * The settings to write down: those in customConfig, and of those written down before the ones that some pod may still have.
 * They are written before any process is told, so nothing is ever set without being known.
 */
export const customized = (situation: Situation): readonly string[] => {
  const { failover, children } = situation;
  const before = recorded(failover, children.others);
  const now = new Set(namesIn(failover));
  const there = [...now].filter(goesBack).flatMap((name) => {
    const known = before.find((one) => one.name === name);
    return present(situation, { name, isTried: known === undefined || known.isTried === true }) ?? [];
  });
  const gone = before.filter(({ name }) => !now.has(name)).flatMap((one) => lingering(situation, one) ?? []);
  return [...there, ...gone].map(written).sort();
};

/** A setting of customConfig, as it is to be written down; undefined when every Redis has refused it and none ever took it. */
const present = ({ redis }: Situation, { name, isTried }: Customized): Customized | undefined => {
  if (defaultOf(name) !== undefined || isTried !== true) return { name };
  const answers = redis.flatMap(({ answer }) => (answer.kind === 'answer' ? [answer] : []));
  const has = (lines: readonly string[]): boolean => lines.flatMap(namesOf).includes(name);
  if (answers.some(({ config }) => !has(unfinished(config)))) return { name };
  const isRefused = answers.length === redis.length && answers.every(({ config }) => !has(config.pending));
  return isRefused && redis.length > 0 ? undefined : { name, isTried };
};

/** The settings that this pod may have from lines that customConfig no longer has, and that only a new process is without. */
export const outlived = ({ failover, children }: Situation, { createdAt }: RedisPod): readonly string[] => {
  const removed = recorded(failover, children.others).filter(
    ({ youngest }) => youngest !== undefined && createdAt <= youngest,
  );
  if (removed.length === 0) return [];
  const now = new Set(namesIn(failover));
  return removed.filter(({ name }) => !now.has(name)).map(({ name }) => name);
};

/** Whether some pod is to be replaced for a removed line, also while it is not written down which ones. */
export const rollsForRemoved = ({ failover, children }: Situation): boolean => {
  const now = new Set(namesIn(failover));
  return recorded(failover, children.others).some(({ name }) => defaultOf(name) === undefined && !now.has(name));
};

/** A setting that customConfig no longer has, as it is to be written down; undefined when no pod has it any more. */
const lingering = ({ redis }: Situation, { name, youngest }: Customized): Customized | undefined => {
  if (defaultOf(name) !== undefined) {
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
    return goesBack(name) ? [{ name, isTried: tried !== undefined, ...(youngest !== undefined && { youngest }) }] : [];
  });
};

const unfinished = ({ pending, refused }: ConfigFacts): readonly string[] => [
  ...pending,
  ...refused.map(({ line }) => line),
];

const namesIn = ({ spec }: DefaultedFailover): readonly string[] => spec.redis.customConfig.flatMap(namesOf);
