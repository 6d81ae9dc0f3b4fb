/**
 * `bundle.ts OUTFILE`: the operator and its libraries as one file of JavaScript, an ES module that Node 26 runs. The
 * Dockerfile and the local cluster's image both hold what this writes.
 */
import { join } from 'node:path';
import { build } from 'esbuild';

const ENTRY = join(import.meta.dirname, '..', 'src', 'main.ts');

/** Libraries that are CommonJS inside call `require`, which an ES module does not have. */
const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** Writes the bundle of `entry` (the operator's main.ts when left out); rejects with what does not compile. */
export const bundle = async (outfile: string, entry: string = ENTRY): Promise<void> => {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'esm',
    banner: { js: BANNER },
    legalComments: 'eof',
    logLevel: 'silent',
  });
};

if (import.meta.main) {
  const outfile = process.argv[2];
  if (outfile === undefined) throw new Error('usage: bundle.ts OUTFILE');
  await bundle(outfile);
}
