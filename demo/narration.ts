/** How the demonstration looks: headings, sentences, commands and what they print. Colours only on a terminal. */
import { run } from '../cluster/command.ts';
import { CHECKOUT } from '../cluster/layout.ts';
import { environment } from '../test/e2e/harness/kubectl.ts';

const COMMAND_LIMIT_MS = 180_000;

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan';

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, green: 32, red: 31, cyan: 36 };

/** The text in a style if `colours`, otherwise as it is. https://en.wikipedia.org/wiki/ANSI_escape_code#SGR */
export const styled = (text: string, style: Style, { colours }: { readonly colours: boolean }): string =>
  colours ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;

const paint = (text: string, style: Style): string => styled(text, style, { colours: process.stdout.isTTY });

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Begins a chapter. */
export const heading = (number: number, title: string): void => print(`\n${paint(`${number}. ${title}`, 'bold')}\n`);

/** A sentence of the narrator. */
export const tell = (text: string): void => print(text);

/** Something that was claimed, and whether it is so. */
export const tellClaim = (sentence: string, holds: 'holds' | 'does not hold'): void =>
  print(holds === 'holds' ? `  ${paint('✓', 'green')} ${sentence}` : `  ${paint('✗', 'red')} ${sentence}`);

/** The end of a demonstration that went wrong. */
export const tellFailure = (text: string): void => print(`\n${paint('✗', 'red')} ${text}`);

/** A command that the user could type, before its effect is seen. */
export const tellCommand = (command: string): void => print(paint(`  $ ${command}`, 'cyan'));

/**
 * Shows a command, runs it in the checkout with the kubectl, helm and kubeconfig of the cluster, and shows what it prints.
 * Resolves to that; rejects with a `CommandError`.
 */
export const show = async (command: readonly string[]): Promise<string> => {
  tellCommand(command.map(quoted).join(' '));
  const output = await run(command, { cwd: CHECKOUT, env: environment(), timeoutMs: COMMAND_LIMIT_MS });
  if (output.trim() !== '') print(paint(indented(output.trimEnd()), 'dim'));
  return output;
};

/** A word as a shell needs it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Every line four columns to the right. */
export const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ');
