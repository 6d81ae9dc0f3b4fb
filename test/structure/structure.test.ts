import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');

/** Which folders under `src` a folder may import from; `ports.ts` is open to all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  api: [],
  core: ['api'],
  kube: [],
  redis: [],
  operator: ['api', 'core', 'kube', 'redis'],
};

/** Real time, randomness and processes stay in these files; everything else gets them through `ports.ts`. */
const REAL_WORLD = new Set(['src/system.ts', 'src/log.ts', 'src/main.ts']);

const productionFiles = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) => !file.endsWith('.test.ts'));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const importsOf = (file: string): readonly string[] =>
  [...read(file).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');

describe('the structure', () => {
  test('there are files to look at', () => assert.ok(productionFiles.length > 20));

  for (const [folder, allowed] of Object.entries(MAY_IMPORT)) {
    test(`src/${folder} imports only ${['ports.ts', folder, ...allowed].join(', ')}`, () => {
      const wrong = productionFiles
        .filter((file) => file.startsWith(`src/${folder}/`))
        .flatMap((file) => importsOf(file).map((target) => ({ file, target })))
        .filter(({ target }) => target.startsWith('.'))
        .map(({ file, target }) => ({ file, to: normalize(join(dirname(file), target)) }))
        .filter(({ to }) => to !== 'src/ports.ts' && ![folder, ...allowed].some((one) => to.startsWith(`src/${one}/`)));
      assert.deepEqual(wrong, []);
    });
  }

  test('core is pure: nothing asynchronous, no node: import, no clock, no randomness, no log', () => {
    const impure =
      /\basync\b|\bawait\b|\bPromise\b|from 'node:|Date\.now|new Date\(\)|Math\.random|crypto|console\.|setTimeout/;
    const wrong = productionFiles.filter(
      (file) => file.startsWith('src/core/') && impure.test(withoutComments(read(file))),
    );
    assert.deepEqual(wrong, []);
  });

  test('real time and randomness are only in system.ts', () => {
    const real =
      /Date\.now|new Date\(\)|Math\.random|randomUUID|performance\.now|\bsetTimeout\(|\bsetInterval\(|hrtime|AbortSignal\.timeout/;
    const wrong = productionFiles.filter((file) => !REAL_WORLD.has(file) && real.test(withoutComments(read(file))));
    assert.deepEqual(wrong, []);
  });

  test('production code imports no fake', () => {
    const wrong = productionFiles.filter((file) => importsOf(file).some((target) => /sim\/|test\//.test(target)));
    assert.deepEqual(wrong, []);
  });

  test('no file says where it was written: no absolute home or work folder', () => {
    const files = globSync('{src,sim,cluster,images,test,bench,demo,docs,helm,examples}/**/*.{ts,md,yaml,json}', {
      cwd: ROOT,
    });
    const wrong = files.filter((file) => /\/(?:work|root|home)\/[a-z]/.test(read(file)));
    assert.deepEqual(wrong, []);
  });
});

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
