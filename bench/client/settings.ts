/** What a load client is told by its environment. */
import type { Endpoint } from './connection.ts';
import type { ClientKind } from './events.ts';
import type { Target } from './master.ts';

const LONGEST_SECONDS = 3_600;

export type Settings = {
  readonly target: Target;
  /** Key number n is `PREFIX:n`. */
  readonly prefix: string;
  /** After so long the load ends by itself. */
  readonly longestMs: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads LOAD_CLIENT (sentinel or service), LOAD_SENTINEL and LOAD_MASTER_SERVICE (`host:port`), LOAD_PREFIX, LOAD_SECONDS,
 * REDIS_PASSWORD and SENTINEL_PASSWORD. Only passwords may be missing or empty, and then there is none. Throws naming what is
 * wrong.
 */
export const readSettings = (environment: Environment): Settings => {
  return {
    target: {
      client: clientKind(required(environment, 'LOAD_CLIENT')),
      sentinel: endpoint(required(environment, 'LOAD_SENTINEL')),
      masterService: endpoint(required(environment, 'LOAD_MASTER_SERVICE')),
      password: optional(environment, 'REDIS_PASSWORD'),
      sentinelPassword: optional(environment, 'SENTINEL_PASSWORD'),
    },
    prefix: required(environment, 'LOAD_PREFIX'),
    longestMs: Math.min(Number(required(environment, 'LOAD_SECONDS')), LONGEST_SECONDS) * 1000,
  };
};

const required = (environment: Environment, name: string): string => {
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

const optional = (environment: Environment, name: string): string | undefined =>
  environment[name] === '' ? undefined : environment[name];

const endpoint = (text: string): Endpoint => {
  const [host = '', port = ''] = text.split(':');
  return { host, port: Number(port) };
};

const clientKind = (text: string): ClientKind => {
  if (text === 'sentinel' || text === 'service') return text;
  throw new Error(`LOAD_CLIENT=${text}: sentinel or service`);
};
