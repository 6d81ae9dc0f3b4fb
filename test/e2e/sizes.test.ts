/** The example for each size of installation, as it stands in `examples`. */
import assert from 'node:assert/strict';
import { replicasServiceName } from '../../src/api/names.ts';
import { exampleIn } from './harness/examples.ts';
import { applyFailover, type Sizes } from './harness/failover.ts';
import { exec } from './harness/kubectl.ts';
import type { FailoverKey } from './harness/pods.ts';
import { redisCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { createToolbox } from './harness/toolbox.ts';
import { type Settled, settled } from './harness/views.ts';

const READS = 60;

testInNamespace('development: one Redis and one Sentinel serve', 'development', async ({ namespace }) => {
  const { failover, members } = await installed(namespace, {
    file: 'development.yaml',
    sizes: { redis: 1, sentinel: 1 },
  });
  assert.equal(await redisCli(failover, members.master.name, 'SET', 'key', 'value'), 'OK');
});

testInNamespace('production: three Redis and three Sentinels serve', 'production', async ({ namespace }) => {
  const sizes = { redis: 3, sentinel: 3 };
  const { failover, members } = await installed(namespace, { file: 'production.yaml', sizes });
  assert.equal(await redisCli(failover, members.master.name, 'SET', 'key', 'value'), 'OK');
});

testInNamespace(
  'high traffic: reads through the Service of five Redis reach replicas only, and all of them',
  'traffic',
  async ({ namespace }) => {
    const sizes = { redis: 5, sentinel: 3 };
    const { failover, members } = await installed(namespace, { file: 'high-traffic.yaml', sizes });
    await createToolbox(namespace);
    const script = `for i in $(seq ${READS}); do redis-cli -h ${replicasServiceName(failover.name)} INFO | grep -E '^(run_id|role):' | tr -d '\\r' | tr '\\n' ' '; echo; done`;
    const lines = (await exec({ namespace, pod: 'toolbox', container: 'toolbox' }, ['sh', '-c', script]))
      .trim()
      .split('\n');
    assert.equal(lines.length, READS);
    for (const line of lines) assert.match(line, /role:slave/, 'a read reached a master');
    const served = new Set(lines.map((line) => /run_id:(?<id>\w+)/.exec(line)?.groups?.['id']));
    assert.equal(served.size, members.replicas.length, 'not every replica served a read');
  },
);

type Expected = { readonly file: string; readonly sizes: Sizes };
type Installed = { readonly failover: FailoverKey; readonly members: Settled };

const installed = async (namespace: string, { file, sizes }: Expected): Promise<Installed> => {
  const example = exampleIn(namespace, file);
  const failover = { namespace, name: example.metadata.name ?? '' };
  await applyFailover(example);
  return { failover, members: await settled(failover, sizes) };
};
