/** The scripts of the pods in an image that has only Valkey's program names, as some images of Valkey do. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { sentinelDeployment } from '../../src/core/objects/deployment.ts';
import { failover } from '../../src/core/objects/fixtures.ts';
import { redisConfigMap } from '../../src/core/objects/redis-config.ts';
import { redisProbeConfigMap } from '../../src/core/objects/redis-probes.ts';
import { SERVER } from '../../src/core/objects/scripts.ts';
import { sentinelConfigMap } from '../../src/core/objects/sentinel-config.ts';
import { shutdownConfigMap } from '../../src/core/objects/shutdown-script.ts';
import { redis, runScript, startRedis, stopAll } from './redis-process.ts';

/** All programs that such an image has, as far as the scripts use any. */
const PROGRAMS = {
  'valkey-server': 'redis-server',
  'valkey-cli': 'redis-cli',
  ...Object.fromEntries(['cat', 'grep', 'rm', 'sleep', 'timeout'].map((name) => [name, name])),
};

const PATH = mkdtempSync(join(tmpdir(), 'valkey-'));
for (const [name, program] of Object.entries(PROGRAMS)) symlinkSync(join('/usr/bin', program), join(PATH, name));
after(() => rmSync(PATH, { recursive: true }));
afterEach(stopAll);

const scriptsOf = ({ data = {} }: { readonly data?: Readonly<Record<string, string>> }) => Object.entries(data);
const isProbe = ([name]: readonly [string, string]): boolean => name.endsWith('.sh');

describe('where only Valkey has its names', () => {
  for (const [name, script] of scriptsOf(redisProbeConfigMap(failover()))) {
    test(`a master passes ${name}`, async () => {
      const { port } = await redis();
      const { code, output } = await runScript(script, { REDIS_PORT: String(port), PATH });
      assert.equal(code, 0, output);
    });
  }

  for (const [name, script] of scriptsOf(sentinelConfigMap(failover())).filter(isProbe)) {
    test(`a Sentinel passes ${name}`, async () => {
      const sentinel = await startRedis({ sentinel: true, config: ['sentinel monitor mymaster 127.0.0.2 6379 1'] });
      const { code, output } = await runScript(script.replaceAll('26379', String(sentinel.port)), { PATH });
      assert.equal(code, 0, output);
    });
  }

  test('the last script of a pod sees that a lone master need not wait', async () => {
    const { port } = await redis();
    const script = shutdownConfigMap(failover()).data?.['shutdown.sh'] ?? 'exit 99';
    const { code, output } = await runScript(`set -x; ${script}`, { REDIS_PORT: String(port), PATH });
    assert.equal(code, 0, output);
    assert.match(output, /role:master/, 'it did not reach Redis');
  });

  test('Redis is started', async () => {
    const script = redisConfigMap(failover()).data?.['start-redis.sh'] ?? 'exit 99';
    const { output } = await runScript(script.replaceAll('/redis/redis.conf', '--version'), { PATH });
    assert.match(output, /server v=\d/);
  });

  test('an image with neither name says what it lacks', async () => {
    const { code, output } = await runScript(`exec ${SERVER}`, { PATH: '/nowhere' });
    assert.equal(code, 127);
    assert.match(output, /redis-server/);
  });

  test('Sentinel is started', async () => {
    const [container] = sentinelDeployment(failover()).spec?.template.spec?.containers ?? [];
    const command = container?.command?.at(-1) ?? '';
    const { output } = await runScript(command.replaceAll('/redis/sentinel.conf', '--version'), { PATH });
    assert.match(output, /server v=\d/);
  });
});
