/** Runs all scenarios with one operator, in a namespace of its own. */
import { say, step } from '../cluster/progress.ts';
import { kubectl } from '../test/e2e/harness/kubectl.ts';
import type { Operator } from './operators.ts';
import type { Options } from './options.ts';
import { type Failure, isFailure, type Sample } from './sample.ts';
import { type Run, scenarios } from './scenarios.ts';
import { becomesHealthy, createSubject, deleteSubject, ensureSubject, type Subject } from './subject.ts';
import { describeSample, type Measured } from './table.ts';
import type { ScenarioName } from './targets.ts';
import type { Undo } from './undo.ts';

const NAMESPACE_LIMIT_MS = 180_000;

/** Resolves to the results of all runs. A run that fails is a result; what keeps all others from running rejects. */
export const measure = async (operator: Operator, options: Options, undo: Undo): Promise<Measured> => {
  const { title, subject } = operator;
  say(`${title}:`);
  await operator.start();
  const removeNamespace = undo.add(`namespace ${subject.namespace} is gone`, () => deleteNamespace(subject.namespace));
  await step(`an empty namespace ${subject.namespace}`, async () => {
    await deleteNamespace(subject.namespace);
    await kubectl(['create', 'namespace', subject.namespace]);
  });
  await step('a first failover, which is not measured', () => warmUp(subject));
  const results: Partial<Record<ScenarioName, readonly (Sample | Failure)[]>> = {};
  for (const name of options.scenarios) results[name] = await runs(name, { subject, options, undo });
  await step(`removing namespace ${subject.namespace}`, removeNamespace);
  return { operator: title, results };
};

/** An operator that has just been started takes its time, which belongs to no scenario. */
const warmUp = async (subject: Subject): Promise<void> => {
  const first = { ...subject, name: `${subject.name}-first` };
  await createSubject(first);
  await becomesHealthy(first);
  await deleteSubject(first);
};

const deleteNamespace = (namespace: string): Promise<string> =>
  kubectl(['delete', 'namespace', namespace, '--ignore-not-found'], { limitMs: NAMESPACE_LIMIT_MS });

const runs = async (name: ScenarioName, run: Omit<Run, 'number'>): Promise<readonly (Sample | Failure)[]> => {
  const results: (Sample | Failure)[] = [];
  for (let number = 1; number <= run.options.runs; number++) {
    run.undo.throwIfEnded(`run ${number} of ${name}`);
    const result = await step(`${name}, run ${number} of ${run.options.runs}`, () => once(name, { ...run, number }));
    say(`    ${isFailure(result) ? `failed: ${result.failure}` : describeSample(result)}`);
    results.push(result);
  }
  return results;
};

/** After a failure the next run begins with a new failover. */
const once = async (name: ScenarioName, run: Run): Promise<Sample | Failure> => {
  try {
    if (name !== 'ready') await ensureSubject(run.subject);
    return await scenarios[name](run);
  } catch (error) {
    run.undo.throwIfEnded(`the next run of ${name}`);
    await deleteSubject(run.subject).catch((reason: unknown) => say(`    ${String(reason)}`));
    return { failure: error instanceof Error ? error.message : String(error) };
  }
};
