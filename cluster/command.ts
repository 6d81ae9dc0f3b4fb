/** Runs other programs: output captured, failures told with what the program said. */
import { execFile } from 'node:child_process';

const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;
const MESSAGE_LIMIT_CHARACTERS = 2000;
const TIMEOUT_MS = 120_000;

/** A program that could not be started, ran out of time, or ended with a status other than 0. */
export class CommandError extends Error {
  readonly code = 'command-failed';
  readonly stderr: string;
  constructor(command: readonly string[], stderr: string, cause: Error) {
    const detail = (stderr.trim() || cause.message).slice(-MESSAGE_LIMIT_CHARACTERS);
    super(`${command.slice(0, 6).join(' ')}: ${detail}`, { cause });
    this.stderr = stderr;
  }
}

export type CommandOptions = {
  /** What the program reads from standard input. */
  readonly input?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
};

/** Runs a program without a shell and resolves to its standard output. Rejects with a `CommandError`. */
export const run = (command: readonly string[], options: CommandOptions = {}): Promise<string> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    const child = execFile(
      program,
      args,
      {
        maxBuffer: OUTPUT_LIMIT_BYTES,
        timeout: options.timeoutMs ?? TIMEOUT_MS,
        env: { ...process.env, ...options.env },
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new CommandError(command, stderr, error));
      },
    );
    // A program that ends without reading all of its input is judged by its status.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });

/** Whether the program ended with status 0. */
export const succeeds = (command: readonly string[], options: CommandOptions = {}): Promise<boolean> =>
  run(command, options).then(
    () => true,
    () => false,
  );
