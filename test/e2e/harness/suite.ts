/** Tests that share one failover: made before the first of them, removed after the last. */
import { after, before, describe, test } from 'node:test';
import type { RedisFailoverSpec } from '../../../src/api/types.ts';
import { applyFailover, failoverOf, type Sizes } from './failover.ts';
import { dumpFailure } from './failures.ts';
import { createNamespace, deleteNamespace } from './namespaces.ts';
import { ensureOperator } from './operator.ts';
import type { FailoverKey } from './pods.ts';
import { settled } from './views.ts';

const TEST_LIMIT_MS = 6 * 60_000;

type SuiteOptions = {
  /** Names the failover and, in part, its namespace. */
  readonly name: string;
  readonly sizes: Sizes;
  readonly spec?: RedisFailoverSpec;
};

/** Adds a test that gets the shared failover. */
type AddTest = (sentence: string, body: (failover: FailoverKey) => Promise<void>) => void;

/** A group of tests on one failover, which is settled when the first begins. What a failed test leaves is dumped. */
export const suite = (title: string, { name, sizes, spec }: SuiteOptions, addTests: (add: AddTest) => void): void => {
  describe(title, () => {
    let failover: FailoverKey = { namespace: '', name };
    before(
      async () => {
        await ensureOperator();
        failover = { namespace: await createNamespace(name), name };
        await dumpedOnFailure(title, [failover], async () => {
          await applyFailover(failoverOf(failover, sizes, spec));
          await settled(failover, sizes);
        });
      },
      { timeout: TEST_LIMIT_MS },
    );
    addTests((sentence, body) => {
      test(sentence, { timeout: TEST_LIMIT_MS }, () => dumpedOnFailure(sentence, [failover], () => body(failover)));
    });
    after(() => deleteNamespace(failover.namespace));
  });
};

/** A test with a namespace of its own, which is deleted afterwards. */
export const testInNamespace = (
  sentence: string,
  name: string,
  body: (failover: FailoverKey) => Promise<void>,
): void => {
  test(sentence, { timeout: TEST_LIMIT_MS }, async () => {
    await ensureOperator();
    const failover = { namespace: await createNamespace(name), name };
    try {
      await dumpedOnFailure(sentence, [failover], () => body(failover));
    } finally {
      await deleteNamespace(failover.namespace);
    }
  });
};

/** Runs `body`; when it fails, keeps the state of the failovers before the error goes on. */
export const dumpedOnFailure = async (
  title: string,
  failovers: readonly FailoverKey[],
  body: () => Promise<void>,
): Promise<void> => {
  try {
    await body();
  } catch (error) {
    await dumpFailure(title, failovers);
    throw error;
  }
};
