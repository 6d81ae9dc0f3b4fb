/** The README's quick start, word for word. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { run } from '../../cluster/command.ts';
import { CHECKOUT } from '../../cluster/layout.ts';
import { deleteFailover, waitReady } from './harness/failover.ts';
import { environment, exec, kubectl } from './harness/kubectl.ts';
import { uninstallOperator } from './harness/operator.ts';
import { podsOf } from './harness/pods.ts';
import { quickStartCommands } from './harness/readme.ts';
import { dumpedOnFailure } from './harness/suite.ts';
import { createToolbox, deleteToolbox } from './harness/toolbox.ts';
import { settled } from './harness/views.ts';

const EXAMPLE = { namespace: 'default', name: 'my-redis-cluster' };
const LIMIT_MS = 5 * 60_000;

describe('the quick start of the README', { timeout: LIMIT_MS }, () => {
  const [install = '', applyExample = '', list = '', pods = '', askSentinel = '', ...others] = quickStartCommands(
    readFileSync(join(CHECKOUT, 'README.md'), 'utf8'),
  );
  const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
  /** In a folder that holds what the README says a user has: the chart and the example. */
  const shell = (command: string): Promise<string> => run(['sh', '-c', command], { cwd: folder, env: environment() });

  before(async () => {
    symlinkSync(join(CHECKOUT, 'helm'), join(folder, 'helm'));
    cpSync(join(CHECKOUT, 'examples', 'my-redisfailover.yaml'), join(folder, 'my-redisfailover.yaml'));
    await uninstallOperator();
  });

  test('five commands lead from nothing to a master that Sentinel names', async () => {
    assert.deepEqual(others, [], 'the README has more commands than this test knows');
    await dumpedOnFailure('the quick start', [EXAMPLE], async () => {
      assert.match(await shell(install), /STATUS: deployed/);
      await shell(applyExample);
      await waitReady(EXAMPLE);
      assert.match(await shell(list), /my-redis-cluster.*Ready.*3\/3.*3\/3/);
      assert.equal((await shell(pods)).trim().split('\n').length, 1 + 6, 'a heading and six pods');
      const { master } = await settled(EXAMPLE, { redis: 3, sentinel: 3 });
      await createToolbox(EXAMPLE.namespace);
      const toolbox = { namespace: EXAMPLE.namespace, pod: 'toolbox', container: 'toolbox' };
      assert.deepEqual((await exec(toolbox, ['sh', '-c', askSentinel])).trim().split('\n'), [master.ip, '6379']);
    });
  });

  test('every Redis pod of the example keeps its data on a claim of its own', async () => {
    const redisPods = await podsOf(EXAMPLE, 'redis');
    const claims = await kubectl(['get', 'pvc', '--namespace', EXAMPLE.namespace, '-o', 'name']);
    for (const { name } of redisPods)
      assert.ok(claims.includes(`redis-data-${name}`), `${name} has no claim: ${claims}`);
  });

  after(async () => {
    await deleteFailover(EXAMPLE);
    await deleteToolbox(EXAMPLE.namespace);
    rmSync(folder, { recursive: true });
  });
});
