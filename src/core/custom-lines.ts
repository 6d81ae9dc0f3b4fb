/**
 * The lines that a running Redis is to have: those of customConfig, and for each parameter that was in it before the value that
 * a new process would start with. So a removed line goes back, while what somebody else sets with CONFIG SET stays.
 */
import { parseConfigLine } from '../api/config-lines.ts';
import type { DefaultedFailover } from '../api/defaults.ts';
import { GROUP, redisName } from '../api/names.ts';
import type { KubeObject } from '../ports.ts';
import { BASE_SETTINGS } from './objects/boot-config.ts';
import { SERVER_DEFAULTS } from './objects/server-defaults.ts';
import type { Children } from './observation.ts';

/** Annotation of the config map `rfr-NAME`: which parameters have been in customConfig, sorted, with commas between them. */
export const CUSTOMIZED_ANNOTATION = `redisfailovers.${GROUP}/customized`;

const DEFAULTS: ReadonlyMap<string, string> = new Map([...Object.entries(SERVER_DEFAULTS), ...BASE_SETTINGS]);

/**
 * The parameters that have been in customConfig, if it is known what they go back to. What is written about them is applied
 * before any process is told: nothing is ever set without being known here.
 */
export const customized = (failover: DefaultedFailover, configMap: KubeObject | undefined): readonly string[] => {
  const before = configMap?.metadata?.annotations?.[CUSTOMIZED_ANNOTATION]?.split(',') ?? [];
  return [...new Set([...before, ...namesIn(failover)])].filter((name) => DEFAULTS.has(name)).sort();
};

/** `customConfig`, and a line for every parameter that goes back. */
export const redisLines = (failover: DefaultedFailover, { others }: Children): readonly string[] => {
  const now = new Set(namesIn(failover));
  const back = customized(failover, others.get(`ConfigMap/${redisName(failover.metadata.name)}`))
    .filter((name) => !now.has(name))
    .map((name) => `${name} ${quoted(DEFAULTS.get(name) ?? '')}`);
  return [...failover.spec.redis.customConfig, ...back];
};

const namesIn = ({ spec }: DefaultedFailover): readonly string[] =>
  spec.redis.customConfig.map((line) => today(parseConfigLine(line).parameter));

const quoted = (value: string): string => (value === '' ? '""' : value);

/** Parameters have two names since Redis 5 or 7; both are one setting. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
const today = (parameter: string): string =>
  parameter
    .replace(/^slave-/, 'replica-')
    .replace('-slave-', '-replica-')
    .replace('-ziplist-', '-listpack-')
    .replace(/^list-max-ziplist/, 'list-max-listpack')
    .replace(/^lua-time-limit$/, 'busy-reply-threshold');
