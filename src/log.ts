import { type DestinationStream, type Logger, pino } from 'pino';
import type { Log } from './ports.ts';

/** Fields that may hold a secret, wherever they came from: their values never reach the log. */
const SECRETS = ['password', 'auth', 'token', 'authorization', 'requirepass', 'masterauth'];

/**
 * A log of one JSON object a line, to standard output unless told otherwise: `level` (a word), `time` (ISO 8601), `name`,
 * `msg`, and the fields. Throws at a level that is none of debug, info, warn, error. An Error under `error` is written with its code, stack and cause.
 */
export const createLog = (
  { level, name }: { readonly level: string; readonly name: string },
  destination?: DestinationStream,
): Log => {
  const options = {
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
    redact: { paths: SECRETS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[secret]' },
  };
  return wrap(destination === undefined ? pino(options) : pino(options, destination));
};

/** The port puts the message first, pino the fields. */
const wrap = (logger: Logger): Log => ({
  debug: (message, fields) => logger.debug(fields ?? {}, message),
  info: (message, fields) => logger.info(fields ?? {}, message),
  warn: (message, fields) => logger.warn(fields ?? {}, message),
  error: (message, fields) => logger.error(fields ?? {}, message),
  child: (fields) => wrap(logger.child(fields)),
});
