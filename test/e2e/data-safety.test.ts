/** What the loss of a master may cost: bounded with Consistency, counted when a second master gives way. */
import assert from 'node:assert/strict';
import { isLocal, signalContainer } from '../../cluster/faults.ts';
import { eventsOf } from './harness/events.ts';
import { eventually } from './harness/eventually.ts';
import { changeSpec, getFailover, requireCondition } from './harness/failover.ts';
import { exec } from './harness/kubectl.ts';
import { deletePods, type FailoverKey, type PodView } from './harness/pods.ts';
import { redisCli, redisSession } from './harness/redis-cli.ts';
import { suite } from './harness/suite.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
/** What the status promises, and time for kubectl to ask. */
const BOUND_MS = 5_000 + 3_000;

const names = (pods: readonly PodView[]): readonly string[] => pods.map(({ name }) => name);

const write = (failover: FailoverKey, pod: string): Promise<string> => redisCli(failover, pod, 'SET', 'probe', 'x');

const requireAnswer = async (failover: FailoverKey, pod: string, answer: RegExp): Promise<void> =>
  assert.match(await write(failover, pod), answer);

/** Resolves when the master has refused a write; asks many times a second, in its pod. */
const refusal = async (failover: FailoverKey, pod: string): Promise<void> => {
  const loop = 'until redis-cli -p "$REDIS_PORT" SET probe x | grep NOREPLICAS; do sleep 0.05; done';
  const where = { namespace: failover.namespace, pod, container: 'redis' };
  await exec(where, ['timeout', '60', 'sh', '-c', loop], { limitMs: 70_000 });
};

const requirementOf = async (failover: FailoverKey, pod: string): Promise<string> =>
  (await redisCli(failover, pod, 'CONFIG', 'GET', 'min-replicas-*')).split('\n').sort().join(' ');

const spec = { redis: { dataSafety: 'Consistency' } } as const;

suite('a failover that prefers consistency', { name: 'consistency', sizes: SIZES, spec }, (add) => {
  add('every Redis requires a replica, and the status names the bound', async (failover) => {
    const { master, replicas } = await settled(failover, SIZES);
    for (const name of names([master, ...replicas])) {
      assert.equal(await requirementOf(failover, name), '1 3 min-replicas-max-lag min-replicas-to-write');
    }
    const { dataSafety } = (await getFailover(failover)).status ?? {};
    assert.deepEqual([dataSafety?.mode, dataSafety?.minReplicasToWrite], ['Consistency', 1]);
    assert.match(dataSafety?.bound ?? '', /within 5 s/);
    await requireAnswer(failover, master.name, /^OK/);
  });

  add('all replicas are deleted: the master refuses writes until one is back', async (failover) => {
    const { master, replicas } = await settled(failover, SIZES);
    const refused = refusal(failover, master.name);
    await deletePods(failover.namespace, names(replicas), { graceSeconds: 0 });
    await refused;
    const after = await settled(failover, SIZES);
    await requireAnswer(failover, after.master.name, /^OK/);
  });

  if (isLocal()) {
    add('all replicas hang: the master refuses writes within the bound and the status says why', async (failover) => {
      const { master, replicas } = await settled(failover, SIZES);
      const signal = (pod: PodView, kind: 'SIGSTOP' | 'SIGCONT') =>
        signalContainer({ namespace: failover.namespace, pod: pod.name, container: 'redis', signal: kind });
      await Promise.all(replicas.map((pod) => signal(pod, 'SIGSTOP')));
      try {
        await eventually('the master refuses writes', BOUND_MS, () =>
          requireAnswer(failover, master.name, /NOREPLICAS/),
        );
        await eventually('the status says why', 60_000, async () => {
          const { reason, message } = requireCondition(await getFailover(failover), 'Ready', 'False');
          assert.match(`${reason} ${message}`, /refuses writes/);
        });
      } finally {
        await Promise.all(replicas.map((pod) => signal(pod, 'SIGCONT')));
      }
      const after = await settled(failover, SIZES);
      await requireAnswer(failover, after.master.name, /^OK/);
    });
  }

  add('back to Availability every Redis has its own default again', async (failover) => {
    await changeSpec(failover, { redis: { dataSafety: 'Availability' } });
    const { master, replicas } = await settled(failover, SIZES);
    await eventually('no Redis requires a replica', 30_000, async () => {
      for (const name of names([master, ...replicas])) {
        assert.equal(await requirementOf(failover, name), '0 10 min-replicas-max-lag min-replicas-to-write');
      }
    });
  });
});

/** What a scratch Redis in the pod finds under a key when it loads a file. */
const valueIn = async (
  { namespace }: FailoverKey,
  { pod, file, key }: { readonly pod: string; readonly file: string; readonly key: string },
): Promise<string> => {
  const script = [
    'cd "$(mktemp -d)" && cp "$1" dump.rdb',
    'redis-server --port 0 --unixsocket s --appendonly no --save "" >log & server=$!',
    'until redis-cli -s s PING 2>/dev/null | grep -q PONG; do kill -0 $server || exit 1; done',
    'redis-cli -s s GET "$2"; redis-cli -s s SHUTDOWN NOSAVE',
  ].join('\n');
  const output = await exec({ namespace, pod, container: 'redis' }, [
    'timeout',
    '30',
    'sh',
    '-c',
    script,
    'sh',
    file,
    key,
  ]);
  return output.trim();
};

suite('a second master', { name: 'divergence', sizes: SIZES }, (add) => {
  add('made by hand follows again, and what it alone had accepted is counted and told once', async (failover) => {
    const { master, replicas } = await settled(failover, SIZES);
    const [replica] = replicas;
    assert.ok(replica !== undefined);
    const commands = ['REPLICAOF NO ONE', 'SET only here', 'SET only again'];
    await redisSession(failover, replica.name, commands);
    const { divergence } = await eventually('the status counts what it held alone', 60_000, async () => {
      const { status } = await getFailover(failover);
      assert.equal(status?.divergence?.pod, replica.name);
      return status;
    });
    assert.ok((divergence?.bytes ?? 0) > 'SET only here SET only again'.length, `${divergence?.bytes} bytes`);
    const after = await settled(failover, SIZES);
    assert.equal(after.master.name, master.name, 'the master that Sentinel watches stays');
    assert.equal(await redisCli(failover, replica.name, 'EXISTS', 'only'), '0', 'it is overwritten');
    const told = await eventsOf(failover, 'DivergentWritesDiscarded');
    assert.deepEqual(
      told.map(({ count }) => count),
      [1],
    );
    assert.match(
      told[0]?.message ?? '',
      new RegExp(`${replica.name} gives way to ${master.name} and loses [0-9]+ bytes`),
    );
  });

  add(
    'with Keep, it saves first what it alone has: to a file that the status names and a Redis can load',
    async (failover) => {
      await changeSpec(failover, { redis: { divergentData: 'Keep' } });
      const { master, replicas } = await settled(failover, SIZES);
      const [replica] = replicas;
      assert.ok(replica !== undefined);
      await redisCli(failover, master.name, 'SET', 'of', 'master');
      await redisSession(failover, replica.name, ['REPLICAOF NO ONE', 'SET only kept']);
      const keptAs = await eventually('the status names the file', 60_000, async () => {
        const { divergence } = (await getFailover(failover)).status ?? {};
        assert.equal(divergence?.keptAs, `${replica.name}:/data/divergent-${divergence?.replicationId}.rdb`);
        return divergence.keptAs;
      });
      await settled(failover, SIZES);
      assert.equal(await redisCli(failover, replica.name, 'EXISTS', 'only'), '0', 'it is overwritten');
      assert.equal(await redisCli(failover, replica.name, 'CONFIG', 'GET', 'dbfilename'), 'dbfilename\ndump.rdb');
      const file = keptAs.slice(keptAs.indexOf(':') + 1);
      assert.equal(await valueIn(failover, { pod: replica.name, file, key: 'only' }), 'kept');
      assert.match((await eventsOf(failover, 'DivergentWritesKept'))[0]?.message ?? '', /divergent-\w+\.rdb$/);
    },
  );
});
