/**
 * The settings that the lines of customConfig name: each a parameter of Redis, or the limits of one kind of clients, and what a new
 * process has of it.
 */
import { parseConfigLine } from '../api/config-lines.ts';
import { OWNED_BY_OPERATOR } from '../api/config-schema.ts';
import { BASE_SETTINGS, READ_AT_START } from './objects/boot-config.ts';
import { SERVER_DEFAULTS } from './objects/server-defaults.ts';

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

/** What a new process has of a setting, as CONFIG GET says it; undefined where that is not known of every version. */
export const defaultOf = (name: string): string | undefined => DEFAULTS.get(name);

/** Settings that customConfig does not have, or that go back another way: by a rule, or with the pod template. */
const OTHERS_KEEP: ReadonlySet<string> = new Set([
  ...OWNED_BY_OPERATOR,
  ...READ_AT_START,
  'min-replicas-max-lag',
  'min-replicas-to-write',
  'replica-priority',
]);

/** Whether the operator brings it back when its line is removed. The schema has no other names, but an object may be older than that. */
export const goesBack = (name: string): boolean =>
  DEFAULTS.has(name) || (/^[a-z0-9._-]+$/.test(name) && !name.startsWith(LIMITS) && !OTHERS_KEEP.has(name));

/** The settings of a line, by the names of today. */
export const namesOf = (line: string): readonly string[] => {
  const { parameter, value } = parseConfigLine(line);
  return parameter === LIMITS ? ofKinds(value).map(([kind]) => limitsOf(kind)) : [today(parameter)];
};

/** The line that gives a setting this value. */
export const lineOf = (name: string, value: string): string => {
  const words = name.startsWith(`${LIMITS}.`) ? [LIMITS, name.slice(LIMITS.length + 1)] : [name];
  return [...words, value === '' ? '""' : value].join(' ');
};

/** The name of today: some parameters have two since Redis 5 or 7, which are one setting. https://redis.io/docs/latest/operate/oss_and_stack/management/config/ */
export const today = (parameter: string): string =>
  parameter
    .replace(/^slave-/, 'replica-')
    .replace(/^min-slaves-/, 'min-replicas-')
    .replace('-slave-', '-replica-')
    .replace('-ziplist-', '-listpack-')
    .replace(/^lua-time-limit$/, 'busy-reply-threshold');
