import type { Log } from '../src/ports.ts';

export type LogLine = {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: object;
};

/** Keeps what is logged. */
export class SimLog implements Log {
  readonly lines: LogLine[];
  readonly #fields: object;

  constructor(lines: LogLine[] = [], fields: object = {}) {
    this.lines = lines;
    this.#fields = fields;
  }

  debug(message: string, fields: object = {}): void {
    this.#add('debug', message, fields);
  }

  info(message: string, fields: object = {}): void {
    this.#add('info', message, fields);
  }

  warn(message: string, fields: object = {}): void {
    this.#add('warn', message, fields);
  }

  error(message: string, fields: object = {}): void {
    this.#add('error', message, fields);
  }

  child(fields: object): Log {
    return new SimLog(this.lines, { ...this.#fields, ...fields });
  }

  #add(level: LogLine['level'], message: string, fields: object): void {
    this.lines.push({ level, message, fields: { ...this.#fields, ...fields } });
  }
}
