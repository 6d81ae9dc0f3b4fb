/**
 * `make e2e`: brings up what the tests need and runs them one after another. `main.ts PATTERN…` runs the files, or else
 * the tests, whose name has a pattern. Node's closing summary is the last that is printed; the exit code is the tests'.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { run } from '../../cluster/command.ts';
import { CHECKOUT } from '../../cluster/layout.ts';
import { say } from '../../cluster/progress.ts';
import { ensureCluster, ensureImages, isLocal } from '../../cluster/state.ts';
import { environment } from './harness/kubectl.ts';
import { installOperator, uninstallOperator } from './harness/operator.ts';
import { ensureRedisPackages } from './packages.ts';
import { select } from './selection.ts';

const TAKE_DOWN_LIMIT_MS = 5 * 60_000;

const main = async (): Promise<void> => {
  const selection = select(process.argv.slice(2));
  await ensureRedisPackages();
  const { kubeconfig } = await ensureCluster();
  process.env['KUBECONFIG_UNDER_TEST'] = resolve(kubeconfig);
  await ensureImages();
  // A new image may have the old tag, so an upgrade might change nothing.
  await uninstallOperator();
  await installOperator();
  say(`running ${selection.files.length} test files`);
  const status = await runTests([...selection.options, ...selection.files]);
  if (process.env['CI'] === 'true' && isLocal()) await takeDown();
  process.exitCode = status;
};

/** Resolves to node's exit code; 1 when it was ended by a signal. */
const runTests = (args: readonly string[]): Promise<number> =>
  new Promise((done, reject) => {
    const options = ['--test', '--test-concurrency=1', '--test-reporter=spec', ...args];
    const child = spawn(process.execPath, options, {
      cwd: CHECKOUT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment() },
    });
    child.on('error', reject).on('close', (status) => done(status ?? 1));
  });

/** Without a word, so that the summary stays the last. The tests' result stands, however this ends. */
const takeDown = async (): Promise<void> => {
  await run([process.execPath, 'cluster/main.ts', 'down'], { cwd: CHECKOUT, timeoutMs: TAKE_DOWN_LIMIT_MS }).catch(
    () => '',
  );
};

try {
  await main();
} catch (error) {
  say(`error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
