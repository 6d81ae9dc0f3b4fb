/** Every file in `examples` becomes Ready as it stands, and does what it is an example of. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersistentVolumeClaim, Pod, Service } from 'kubernetes-types/core/v1.js';
import { withDefaults } from '../../src/api/defaults.ts';
import { masterServiceName, redisName, replicasServiceName, sentinelName } from '../../src/api/names.ts';
import { applyExample, type Example, examples, testsThatName } from './harness/examples.ts';
import { getFailover } from './harness/failover.ts';
import { exec, kubectl, kubectlJson } from './harness/kubectl.ts';
import type { FailoverKey, PodView } from './harness/pods.ts';
import { redisCli, sentinelCli } from './harness/redis-cli.ts';
import { testInNamespace } from './harness/suite.ts';
import { createToolbox } from './harness/toolbox.ts';
import { type Settled, settled } from './harness/views.ts';

/** Failovers that start side by side: more of them are no faster on two cores. */
const SIDE_BY_SIDE = 3;
const READS = 60;

type Check = (failover: FailoverKey, members: Settled) => Promise<void>;

const get = <T>({ namespace }: FailoverKey, ...what: readonly string[]): Promise<T> =>
  kubectlJson<T>(['get', ...what, '--namespace', namespace]);

const podOf = (failover: FailoverKey, { name }: PodView): Promise<Pod> => get<Pod>(failover, 'pod', name);

const all = ({ master, replicas, sentinels }: Settled): readonly PodView[] => [master, ...replicas, ...sentinels];

/** What a shell in the pod's own container prints, without the last line break. */
const shell = async ({ namespace }: FailoverKey, { name, component }: PodView, script: string): Promise<string> =>
  (await exec({ namespace, pod: name, container: component }, ['bash', '-c', script])).trimEnd();

const configOf = async (failover: FailoverKey, { master }: Settled, parameter: string): Promise<string> =>
  (await redisCli(failover, master.name, 'CONFIG', 'GET', parameter)).split('\n')[1] ?? '';

const serves: Check = async (failover, { master }) => {
  assert.equal(await redisCli(failover, master.name, 'SET', 'key', 'value'), 'OK');
};

const oneOnEachNode = (pods: readonly PodView[]): void => {
  assert.equal(new Set(pods.map(({ node }) => node)).size, pods.length, 'two of them are on one node');
};

const claimsHaveOwner =
  (expected: boolean): Check =>
  async (failover, { master, replicas }) => {
    for (const { name } of [master, ...replicas]) {
      const { metadata, status } = await get<PersistentVolumeClaim>(failover, 'pvc', `data-${name}`);
      assert.equal(status?.phase, 'Bound');
      assert.equal(metadata?.ownerReferences !== undefined, expected, `whether ${metadata?.name} goes with it`);
    }
  };

/** The metrics that a pod serves on a port, asked by its own container: the images have no HTTP client. */
const metricsOf = (failover: FailoverKey, pod: PodView, port: number): Promise<string> =>
  shell(
    failover,
    pod,
    `exec 3<>/dev/tcp/127.0.0.1/${port}; printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; exec cat <&3`,
  );

/** By file, the one thing that the example is about. Without an entry it is enough that it becomes Ready. */
const CHECKS: Readonly<Record<string, Check>> = {
  'custom-annotations.yaml': async (failover, members) => {
    for (const pod of all(members)) {
      const { metadata } = await podOf(failover, pod);
      assert.equal(metadata?.annotations?.['example.com/backup'], String(pod.component === 'redis'));
    }
    const { name } = failover;
    for (const service of [redisName(name), masterServiceName(name), replicasServiceName(name), sentinelName(name)]) {
      const { metadata } = await get<Service>(failover, 'service', service);
      assert.equal(metadata?.annotations?.['example.com/owner'], 'team-blue', service);
    }
  },
  'custom-command.yaml': async (failover, members) => {
    assert.equal(await configOf(failover, members, 'loglevel'), 'verbose');
  },
  'custom-config.yaml': async (failover, members) => {
    assert.equal(await configOf(failover, members, 'maxmemory'), String(100 * 1024 * 1024));
    assert.equal(await configOf(failover, members, 'maxmemory-policy'), 'allkeys-lru');
    assert.equal(await configOf(failover, members, 'save'), '');
    for (const { name } of members.sentinels) {
      assert.match(await sentinelCli(failover, name, 'MASTER', 'mymaster'), /^down-after-milliseconds\n2000$/m);
    }
  },
  'custom-image.yaml': async (failover, { master, sentinels: [sentinel] }) => {
    assert.match(await redisCli(failover, master.name, 'INFO', 'server'), /^server_name:valkey/m);
    assert.ok(sentinel !== undefined);
    assert.match(await shell(failover, sentinel, 'valkey-cli -p 26379 INFO server'), /^server_name:valkey/m);
  },
  'custom-port.yaml': async (failover, { master, sentinels: [sentinel] }) => {
    const { name } = failover;
    assert.equal(await shell(failover, master, `redis-cli -h ${masterServiceName(name)} -p 12345 PING`), 'PONG');
    const address = await sentinelCli(failover, sentinel?.name ?? '', 'GET-MASTER-ADDR-BY-NAME', 'mymaster');
    assert.equal(address.trim(), `${master.ip}\n12345`);
  },
  'custom-probes.yaml': async (failover, { master }) => {
    const [redis] = (await podOf(failover, master)).spec?.containers ?? [];
    assert.equal(redis?.livenessProbe?.tcpSocket?.port, 'redis');
    assert.equal(redis.livenessProbe.periodSeconds, 20);
  },
  'custom-renames.yaml': async (failover, { master }) => {
    for (const command of [['FLUSHALL'], ['FLUSHDB'], ['KEYS', '*']]) {
      assert.match(await redisCli(failover, master.name, ...command), /unknown command/, command.join(' '));
    }
    assert.equal(await redisCli(failover, master.name, 'wipe-everything'), 'OK');
  },
  'custom-shutdown.yaml': async (failover, { master }) => {
    assert.match(await shell(failover, master, 'cat /redis-shutdown/shutdown.sh'), /BGSAVE/);
    assert.equal((await podOf(failover, master)).spec?.terminationGracePeriodSeconds, 60);
  },
  'custom-startup.yaml': async (failover, { master }) => {
    assert.match(await shell(failover, master, 'cat /redis-startup/startup.sh'), /PONG/);
  },
  'development.yaml': serves,
  'exporter.yaml': async (failover, { master, sentinels: [sentinel] }) => {
    const ofRedis = await metricsOf(failover, master, 9121);
    assert.match(ofRedis, /^redis_up(\{\})? 1$/m);
    assert.match(ofRedis, /^redis_total_system_memory_bytes/m, 'its arguments');
    assert.match(ofRedis, /^redis_instance_info\{.*role="master"/m);
    assert.ok(sentinel !== undefined);
    assert.match(await metricsOf(failover, sentinel, 9355), /^redis_sentinel_masters(\{\})? 1$/m);
    const { spec } = await get<Service>(failover, 'service', redisName(failover.name));
    assert.equal(spec?.ports?.find(({ name }) => name === 'http-metrics')?.port, 9121);
  },
  'extra-volumes.yaml': async (failover, { master, sentinels: [sentinel] }) => {
    assert.ok(sentinel !== undefined);
    for (const pod of [master, sentinel])
      assert.equal(await shell(failover, pod, 'cat /etc/my-files/note.txt'), 'hello');
  },
  'high-traffic.yaml': async (failover, { replicas }) => {
    const { namespace, name } = failover;
    await createToolbox(namespace);
    const script = `for i in $(seq ${READS}); do redis-cli -h ${replicasServiceName(name)} INFO | grep -E '^(run_id|role):' | tr -d '\\r' | tr '\\n' ' '; echo; done`;
    const answers = await exec({ namespace, pod: 'toolbox', container: 'toolbox' }, ['sh', '-c', script]);
    const lines = answers.trim().split('\n');
    assert.equal(lines.length, READS);
    for (const line of lines) assert.match(line, /role:slave/, 'a read reached a master');
    const served = new Set(lines.map((line) => /run_id:(?<id>\w+)/.exec(line)?.groups?.['id']));
    assert.equal(served.size, replicas.length, 'not every replica served a read');
  },
  'label-whitelist.yaml': async (failover) => {
    const kinds = 'statefulsets,deployments,services,configmaps,poddisruptionbudgets';
    const selector = `app.kubernetes.io/part-of=${failover.name}`;
    const { items } = await get<{ readonly items: readonly Pick<Service, 'metadata'>[] }>(
      failover,
      kinds,
      `--selector=${selector}`,
    );
    assert.ok(items.length > 5);
    for (const { metadata: { name = '', labels = {} } = {} } of items) {
      assert.deepEqual([labels['team'], labels['ci-run']], ['blue', undefined], name);
    }
  },
  'memory-storage.yaml': async (failover, { master }) => {
    assert.equal(await shell(failover, master, 'stat --file-system --format %T /data'), 'tmpfs');
  },
  'minimum.yaml': serves,
  'node-affinity.yaml': async (failover, { master }) => {
    const affinity = (await podOf(failover, master)).spec?.affinity;
    assert.ok(affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution);
    assert.equal(affinity.podAntiAffinity, undefined, 'it replaces the default altogether');
  },
  'persistent-storage.yaml': claimsHaveOwner(true),
  'persistent-storage-kept.yaml': claimsHaveOwner(false),
  'pod-anti-affinity.yaml': async (_, { master, replicas }) => oneOnEachNode([master, ...replicas]),
  'production.yaml': async (failover, members) => {
    oneOnEachNode([members.master, ...members.replicas]);
    oneOnEachNode(members.sentinels);
    await serves(failover, members);
  },
  'security-context.yaml': async (failover, { master, sentinels: [sentinel] }) => {
    assert.ok(sentinel !== undefined);
    for (const pod of [master, sentinel]) assert.equal(await shell(failover, pod, 'id --user'), '2000');
  },
  'sentinel-password.yaml': async (failover, { sentinels: [sentinel] }) => {
    assert.match(await sentinelCli(failover, sentinel?.name ?? '', 'MASTERS'), /^NOAUTH/);
  },
  'sidecars.yaml': async (failover, { master }) => {
    const { namespace } = failover;
    const log = await kubectl(['logs', master.name, '--container', 'hello', '--namespace', namespace]);
    assert.equal(log.trim(), 'Redis will listen on 6379');
    const ping = 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli -p "$REDIS_PORT" PING';
    const watcher = { namespace, pod: master.name, container: 'watcher' };
    assert.equal((await exec(watcher, ['sh', '-c', ping])).trim(), 'PONG');
  },
  'tolerations.yaml': async (failover, members) => {
    for (const pod of all(members)) {
      const tolerated = (await podOf(failover, pod)).spec?.tolerations ?? [];
      assert.ok(
        tolerated.some(({ key, value }) => key === 'dedicated' && value === 'redis'),
        pod.name,
      );
    }
  },
  'topology-spread.yaml': async (failover, { master }) => {
    const [constraint] = (await podOf(failover, master)).spec?.topologySpreadConstraints ?? [];
    assert.equal(constraint?.topologyKey, 'topology.kubernetes.io/zone');
  },
  'with-password.yaml': async (failover, { master }) => {
    assert.match(await shell(failover, master, 'redis-cli PING'), /^NOAUTH/);
    assert.equal(await redisCli(failover, master.name, 'PING'), 'PONG');
  },
};

/** Applies the file and resolves once everybody agrees on a master. */
const becomesReady = async (failover: FailoverKey, example: Example): Promise<Settled> => {
  await applyExample(failover.namespace, example);
  const { spec } = withDefaults(await getFailover(failover));
  return settled(failover, { redis: spec.redis.replicas, sentinel: spec.sentinel.replicas });
};

describe('an example becomes Ready', { concurrency: SIDE_BY_SIDE }, () => {
  for (const example of examples().filter(({ standsAlone }) => standsAlone)) {
    testInNamespace(example.file, example.name, async (failover) => {
      const members = await becomesReady(failover, example);
      await CHECKS[example.file]?.(failover, members);
    });
  }
});

test('an example that does not stand alone has another test', () => {
  for (const example of examples().filter(({ standsAlone }) => !standsAlone)) {
    assert.notDeepEqual(testsThatName(example), [], example.file);
  }
});

test('every check is of a file that exists', () => {
  const files = new Set(examples().map(({ file }) => file));
  assert.deepEqual(
    Object.keys(CHECKS).filter((file) => !files.has(file)),
    [],
  );
});
