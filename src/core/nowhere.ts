/** Whom a Redis follows that is held back: an address at which nobody listens. */
import type { Endpoint } from '../ports.ts';
import type { AnsweringRedis } from './situation.ts';

const HOST = '127.0.0.1';
/** Not the port that Redis boots with, so that it is known that somebody held it. */
const PORTS = [1, 2] as const;

/**
 * How often the address changes. Sentinel makes a replica follow its master that has followed the same other address for
 * `failover-timeout` (10 s by default), and looks at it every second.
 * https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#sentinel-and-replicas-auto-discovery
 */
const MOVE_MS = 4_000;

/** The address at a time, in milliseconds since 1970. */
export const nowhere = (at: number): Endpoint => ({ host: HOST, port: PORTS[phase(at) === 0 ? 0 : 1] });

/** Until the address changes. */
export const nowhereMovesInMs = (at: number): number => MOVE_MS - (at % MOVE_MS);

/** Whether a Redis was told to follow nobody, at whatever time. */
export const isHeld = ({ answer }: AnsweringRedis): boolean =>
  answer.role === 'replica' && answer.masterHost === HOST && PORTS.some((port) => port === answer.masterPort);

const phase = (at: number): number => Math.floor(at / MOVE_MS) % PORTS.length;
