/**
 * The lines that a running Redis is to have: those of customConfig, and for each parameter that was in it before the value that
 * a new process would start with. So a removed line goes back, while what somebody else sets with CONFIG SET stays.
 */
import { parseConfigLine } from '../api/config-lines.ts';
import type { DefaultedFailover } from '../api/defaults.ts';
import { CUSTOMIZED_ANNOTATION, redisName } from '../api/names.ts';
import { BASE_SETTINGS } from './objects/boot-config.ts';
import { SERVER_DEFAULTS } from './objects/server-defaults.ts';
import type { Children, ConfigFacts } from './observation.ts';
import type { Situation } from './situation.ts';

const DEFAULTS: ReadonlyMap<string, string> = new Map([...Object.entries(SERVER_DEFAULTS), ...BASE_SETTINGS]);

/** The lines of customConfig, and one for every parameter that goes back. */
export const redisLines = (failover: DefaultedFailover, { others }: Children): readonly string[] => {
  const now = new Set(namesIn(failover));
  const back = recorded(failover, others)
    .filter((name) => !now.has(name))
    .map((name) => `${name} ${quoted(DEFAULTS.get(name) ?? '')}`);
  return [...failover.spec.redis.customConfig, ...back];
};

/**
 * The parameters to write down, if it is known what they go back to: those in customConfig, and of those written down before the
 * ones that some pod may still have. They are written before any process is told, so nothing is ever set without being known.
 */
export const customized = ({ failover, children, redis }: Situation): readonly string[] => {
  const isBack = (name: string): boolean =>
    redis.every(({ answer }) => answer.kind === 'answer' && !unfinished(answer.config).includes(name));
  const lingering = recorded(failover, children.others).filter((name) => !isBack(name));
  return [...new Set([...namesIn(failover), ...lingering])].filter((name) => DEFAULTS.has(name)).sort();
};

const recorded = ({ metadata }: DefaultedFailover, others: Children['others']): readonly string[] => {
  const { annotations = {} } = others.get(`ConfigMap/${redisName(metadata.name)}`)?.metadata ?? {};
  return (annotations[CUSTOMIZED_ANNOTATION] ?? '').split(',').filter((name) => DEFAULTS.has(name));
};

const unfinished = ({ pending, refused }: ConfigFacts): readonly string[] =>
  [...pending, ...refused.map(({ line }) => line)].map((line) => parseConfigLine(line).parameter);

const namesIn = ({ spec }: DefaultedFailover): readonly string[] =>
  spec.redis.customConfig.map((line) => today(parseConfigLine(line).parameter));

const quoted = (value: string): string => (value === '' ? '""' : value);

/** The name of today: some parameters have two since Redis 5 or 7, which are one setting. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
export const today = (parameter: string): string =>
  parameter
    .replace(/^slave-/, 'replica-')
    .replace('-slave-', '-replica-')
    .replace('-ziplist-', '-listpack-')
    .replace(/^lua-time-limit$/, 'busy-reply-threshold');
