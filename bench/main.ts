/**
 * `make bench`: runs the scenarios of targets.ts with our operator, and with another one if asked, and prints what came out
 * beside the targets. Everything is put back at the end, also after a failure or Ctrl-C. Options: options.ts.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT, STATE } from '../cluster/layout.ts';
import { say } from '../cluster/progress.ts';
import { ensureCluster, ensureImages, isLocal } from '../cluster/state.ts';
import { withMeasured } from './document.ts';
import { describeMachine } from './machine.ts';
import { measure } from './measure.ts';
import { operatorsOf } from './operators.ts';
import { type Options, readOptions } from './options.ts';
import { isFailure } from './sample.ts';
import { type Measured, renderTable } from './table.ts';
import { SCENARIOS, TARGETS } from './targets.ts';
import { renderTimeline, typicalTimeline } from './timeline.ts';
import { Undo } from './undo.ts';

const DOCUMENT = join(CHECKOUT, 'docs', 'benchmarks.md');
const PICTURE = join(CHECKOUT, 'docs', 'failover.svg');
const RAW = join(STATE, 'bench.json');

const main = async (options: Options, undo: Undo): Promise<void> => {
  if (!isLocal()) throw new Error('faults can be made on the local cluster only: unset CLUSTER=current');
  process.env['KUBECONFIG_UNDER_TEST'] = (await ensureCluster()).kubeconfig;
  if (process.env['OPERATOR'] !== 'outside') await ensureImages();
  const measured: Measured[] = [];
  for (const operator of operatorsOf(options, undo)) {
    measured.push(await measure(operator, options, undo));
    await writeFile(RAW, JSON.stringify(measured, undefined, 2));
  }
  await report(measured, options);
};

/** Prints the table; that of a whole benchmark goes into the document, too. */
const report = async (measured: readonly Measured[], options: Options): Promise<void> => {
  const table = renderTable(TARGETS, measured);
  const circumstances = [...(await describeMachine(new Date())), ...describeOptions(options)];
  const text = `${circumstances.join('\n')}\n\n${table}`;
  process.stdout.write(`\n${text}\n\n`);
  if (options.scenarios.length < SCENARIOS.length) return;
  await writeFile(DOCUMENT, withMeasured(await readFile(DOCUMENT, 'utf8'), text));
  const timeline = typicalTimeline((measured[0]?.results.kill ?? []).flatMap((run) => (isFailure(run) ? [] : [run])));
  if (timeline !== undefined) await writeFile(PICTURE, renderTimeline(timeline));
  say('docs/benchmarks.md has this table now');
};

const describeOptions = ({ runs, scenarios, hangMs, cutMs, other }: Options): readonly string[] => [
  `- Runs of each scenario: ${runs}.`,
  ...(scenarios.includes('hang') ? [`- The master hung for ${hangMs / 1000} s.`] : []),
  ...(scenarios.includes('cut') ? [`- Its node was cut off for ${cutMs / 1000} s.`] : []),
  ...(other === undefined ? [] : [`- The other operator: \`${other.command}\`.`]),
];

const stopRequested = (): Promise<never> =>
  new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => reject(new Error(`interrupted by ${signal}`)));
    }
  });

const undo = new Undo(say);
let status = 0;
try {
  await Promise.race([main(readOptions(process.env), undo), stopRequested()]);
} catch (error) {
  say(`error: ${error instanceof Error ? error.message : String(error)}`);
  status = 1;
}
await undo.all();
// What was interrupted may still be waiting for something.
process.exit(status);
