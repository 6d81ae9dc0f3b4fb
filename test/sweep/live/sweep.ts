/** A failover that is swept: step by step away from the last good manifest and back. */
import assert from 'node:assert/strict';
import type { RedisFailover, RedisFailoverSpec } from '../../../src/api/types.ts';
import { eventually } from '../../e2e/harness/eventually.ts';
import { applyFailover, failoverOf, freshCondition, getFailover, waitReady } from '../../e2e/harness/failover.ts';
import { apply } from '../../e2e/harness/kubectl.ts';
import { createNamespace, deleteNamespace } from '../../e2e/harness/namespaces.ts';
import type { FailoverKey } from '../../e2e/harness/pods.ts';
import { redisCli } from '../../e2e/harness/redis-cli.ts';
import { dumpedOnFailure } from '../../e2e/harness/suite.ts';
import { settled } from '../../e2e/harness/views.ts';
import { differences, type Snapshot } from './canonical.ts';
import type { Good } from './fields.ts';
import { refusesIllegal } from './illegal.ts';
import { referredObjects } from './objects.ts';
import { KEYS, snapshot } from './snapshot.ts';
import type { Symptom } from './states.ts';
import { GOOD, SIZES, type Step } from './steps.ts';

const SETTLE_MS = 240_000;
const SYMPTOM_MS = 120_000;
/** How long what follows readiness may take, such as the removal of a budget. */
const CALM_MS = 60_000;

const LABELS = { team: 'swept', other: 'label' };

/** A settled failover of a good manifest, and its state. */
type Subject = { readonly failover: FailoverKey; readonly good: Good; readonly before: Snapshot };

/** Keeps one failover at a time, which a step that failed does not leave to the next one. */
export class Sweep {
  readonly #purpose: string;
  #subject: Subject | undefined;

  /** `purpose` is part of the names of its namespaces. */
  constructor(purpose: string) {
    this.#purpose = purpose;
  }

  /** The manifest that its failover stands on; undefined while it has none. */
  get good(): Good | undefined {
    return this.#subject?.good;
  }

  /** Takes the failover through the step and back. Rejects with what then differs. */
  async run(step: Step): Promise<void> {
    const { failover, before } = await this.#subjectFor(step.good);
    try {
      await dumpedOnFailure(step.name, [failover], async () => {
        if (step.illegal) await refusesIllegal(failover, step.good);
        await leave(failover, step);
        await comeBack(failover, { good: step.good, before });
      });
    } catch (error) {
      // Node tells it at the end of all steps, which may be far.
      console.log(`  ${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      await this.end();
      throw error;
    }
  }

  /** Deletes what is left. */
  async end(): Promise<void> {
    if (this.#subject !== undefined) await deleteNamespace(this.#subject.failover.namespace);
    this.#subject = undefined;
  }

  async #subjectFor(good: Good): Promise<Subject> {
    if (this.#subject?.good === good) return this.#subject;
    await this.end();
    const failover = { namespace: await createNamespace(this.#purpose), name: 'swept' };
    await apply(failover.namespace, referredObjects());
    await applyFailover(manifest(failover, GOOD[good]));
    const { master } = await settled(failover, SIZES);
    await redisCli(failover, master.name, 'MSET', ...KEYS.flatMap((key) => [key, `of ${key}`]));
    this.#subject = { failover, good, before: await calm(failover) };
    return this.#subject;
  }
}

const manifest = (failover: FailoverKey, spec: RedisFailoverSpec): RedisFailover => {
  const plain = failoverOf(failover, SIZES);
  return { ...plain, metadata: { ...plain.metadata, labels: LABELS }, spec };
};

/** Applies the specs of the step, each when the one before has settled. */
const leave = async (failover: FailoverKey, { specs, symptom }: Step): Promise<void> => {
  for (const [index, spec] of specs.entries()) {
    await applyFailover(manifest(failover, spec));
    if (symptom !== undefined && index === specs.length - 1) await says(failover, symptom);
    else await waitReady(failover, SETTLE_MS);
  }
};

const says = (failover: FailoverKey, { type, status, reason, naming }: Symptom): Promise<void> =>
  eventually(`${type} is ${status} (${reason}) and names "${naming}"`, SYMPTOM_MS, async () => {
    const condition = freshCondition(await getFailover(failover), type);
    assert.equal(condition.status, status, `${type}: ${condition.reason}: ${condition.message}`);
    assert.equal(condition.reason, reason, condition.message);
    assert.ok(condition.message.includes(naming), condition.message);
  });

/** Applies the last good manifest; resolves when the state is the one before, byte by byte. */
const comeBack = async (failover: FailoverKey, { good, before }: Omit<Subject, 'failover'>): Promise<void> => {
  await applyFailover(manifest(failover, GOOD[good]));
  await settled(failover, SIZES, SETTLE_MS);
  await eventually('the state is the one before', CALM_MS, async () => {
    const difference = differences(before, await snapshot(failover, await settled(failover, SIZES)));
    if (difference !== '') throw new Error(difference);
  });
};

/** The first state that two looks agree on. */
const calm = (failover: FailoverKey): Promise<Snapshot> => {
  let last: Snapshot | undefined;
  return eventually('the state does not change', CALM_MS, async () => {
    const now = await snapshot(failover, await settled(failover, SIZES));
    const difference = differences(last ?? {}, now);
    last = now;
    if (difference !== '') throw new Error(difference);
    return now;
  });
};
