/** Which test files run, and which of their tests. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CHECKOUT } from '../../cluster/layout.ts';

const FOLDERS = ['test/conformance', 'test/chart', 'test/sweep', 'test/e2e'];

export type Selection = {
  /** Paths in the checkout, in the order of the folders. */
  readonly files: readonly string[];
  /** Options for `node --test` that choose among the tests of these files. */
  readonly options: readonly string[];
};

/** Everything without a pattern; the files whose name has one of the patterns; otherwise the tests whose name has. */
export const select = (patterns: readonly string[]): Selection => {
  const all = FOLDERS.flatMap((folder) => globSync(`${folder}/*.test.ts`, { cwd: CHECKOUT }).sort());
  return chooseFrom(all, { patterns, read: (file) => readFileSync(join(CHECKOUT, file), 'utf8') });
};

type Choice = { readonly patterns: readonly string[]; readonly read: (file: string) => string };

/** `select` on given files. Throws when nothing matches. */
export const chooseFrom = (all: readonly string[], { patterns, read }: Choice): Selection => {
  if (patterns.length === 0) return { files: all, options: [] };
  const has = (text: string): boolean => patterns.some((pattern) => text.toLowerCase().includes(pattern.toLowerCase()));
  const named = all.filter((file) => has(basename(file)));
  if (named.length > 0) return { files: named, options: [] };
  const files = all.filter((file) => has(read(file)));
  if (files.length === 0) throw new Error(`no test has ${patterns.join(' or ')} in its name`);
  return { files, options: patterns.map((pattern) => `--test-name-pattern=/${escaped(pattern)}/i`) };
};

const escaped = (pattern: string): string => pattern.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);
