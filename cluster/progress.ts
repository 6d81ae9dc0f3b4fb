/** What a person at the terminal sees of a long step: its name, elapsed seconds, and where it is now. */

const TERMINAL_INTERVAL_MS = 1000;
const LOG_INTERVAL_MS = 20_000;

/** Prints one line. */
export const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Announces a step when it takes longer than a moment, tells from time to time where it is, and how long it took. */
export const step = async <T>(name: string, work: (at: (place: string) => void) => Promise<T>): Promise<T> => {
  const started = performance.now();
  const terminal = process.stderr.isTTY;
  let place = '';
  const tick = (): void => {
    const line = `  ${name}: ${seconds(started)}${place === '' ? '' : ` (${place})`}`;
    if (terminal) process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
    else say(line);
  };
  const timer = setInterval(tick, terminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  try {
    const result = await work((next) => {
      place = next;
    });
    if (terminal) process.stderr.write('\r\x1b[K');
    say(`  ${name}: ${seconds(started)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
};
