/** The hand-over without Sentinels, with real Redis processes and a client that writes all the while; every step fails once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type HandOver, handOverMaster } from '../../src/operator/hand-over.ts';
import { type Caller, configSet, readRedisFacts, replicaOf } from '../../src/redis/commands.ts';
import { systemClock } from '../../src/system.ts';
import { disturbed, FAULTS, type Fault } from './hand-over-faults.ts';
import { type Instance, startInstance, until, Writer } from './hand-over-world.ts';
import { stopAll } from './redis-process.ts';

/** The first time that each step calls somebody, in order. */
const STEPS = [
  'master CLIENT PAUSE',
  'master INFO',
  'replica INFO',
  'master CONFIG GET',
  'master CONFIG SET',
  'replica REPLICAOF',
  'replica ROLE',
  'master REPLICAOF',
  'master CLIENT KILL',
  'master CLIENT UNPAUSE',
];
const LIMIT_MS = 60_000;
const CALL_MS = 1_000;

/** Three Redis, and what Kubernetes knows: whom the Service leads to, and whom the status says is elected. */
class World {
  readonly redis: readonly Instance[];
  serving: Instance;
  elected: Instance;

  constructor(redis: readonly Instance[], master: Instance) {
    this.redis = redis;
    this.serving = master;
    this.elected = master;
  }

  /** What the operator's next passes do: the elected Redis is followed if it is master, otherwise the one before. */
  async heal(): Promise<Instance> {
    const { role } = await readRedisFacts(this.elected.link, CALL_MS);
    const master = role === 'master' ? this.elected : this.serving;
    this.serving = master;
    this.elected = master;
    const others = this.redis.filter((one) => one !== master);
    for (const { link } of others) await replicaOf(link, master.endpoint, CALL_MS);
    for (const { link } of this.redis)
      await configSet(link, { parameter: 'min-replicas-to-write', value: '0' }, CALL_MS);
    await until(async () => {
      const { offset } = await readRedisFacts(master.link, CALL_MS);
      const facts = await Promise.all(others.map(({ link }) => readRedisFacts(link, CALL_MS)));
      return facts.every((one) => one.masterLinkStatus === 'up' && one.offset >= offset) || undefined;
    });
    return master;
  }

  /** The parts of a hand-over to the elected Redis. */
  handOver(old: Instance, through: (who: string, caller: Caller) => Caller): HandOver {
    const target = this.elected;
    const caller = through('replica', target.link);
    return {
      clock: systemClock,
      master: through('master', old.link),
      replicas: [{ pod: target.endpoint.host, endpoint: target.endpoint, caller }],
      sentinel: undefined,
      hurried: false,
      callOff: () => replicaOf(caller, old.endpoint, CALL_MS),
      relabel: () => {
        this.serving = target;
        return Promise.resolve();
      },
    };
  }
}

describe('a hand-over without Sentinels, under load', () => {
  let world: World;
  before(async () => {
    const redis = await Promise.all(
      [0, 1, 2].map((index) =>
        startInstance(index, ['repl-diskless-sync-delay 0', `replica-announce-ip 127.0.0.${index + 2}`, 'save ""']),
      ),
    );
    const [first] = redis;
    if (first === undefined) throw new Error('no Redis');
    world = new World(redis, first);
  });
  after(async () => {
    for (const { link } of world.redis) link.close();
    await stopAll();
  });

  /** One hand-over with a fault in it, and everything that was acknowledged before, meanwhile and afterwards. */
  const handOver = async (step: string | undefined, fault: Fault) => {
    const old = await world.heal();
    const writer = new Writer(() => Promise.resolve(world.serving.endpoint));
    await until(() => Promise.resolve(writer.acknowledged.length > 0 || undefined));
    world.elected = world.redis.find((one) => one !== old) ?? old;
    const { through, taken } = disturbed(step, fault);
    const outcome = await handOverMaster(world.handOver(old, through)).catch((error: unknown) => String(error));
    const meanwhile = writer.acknowledged.length;
    const master = await world.heal();
    await until(() => Promise.resolve(writer.acknowledged.length > meanwhile || undefined));
    await writer.stop();
    const values = await master.link.call(['MGET', ...writer.acknowledged], LIMIT_MS);
    const lost = writer.acknowledged.filter((_, index) => !Array.isArray(values) || values[index] !== 'written');
    await master.link.call(['FLUSHALL'], LIMIT_MS);
    return { outcome, moved: master !== old, taken: [...taken], lost };
  };

  test('takes its steps in order, moves the master and loses nothing', { timeout: LIMIT_MS }, async () => {
    const { outcome, moved, taken, lost } = await handOver(undefined, 'lost');
    assert.ok(typeof outcome === 'object' && outcome.kind === 'done', JSON.stringify(outcome));
    assert.deepEqual({ moved, taken, lost }, { moved: true, taken: STEPS, lost: [] });
  });

  for (const step of STEPS) {
    for (const fault of FAULTS) {
      test(`loses nothing, and writes go on, when "${step}" is ${fault}`, { timeout: LIMIT_MS }, async () => {
        const { taken, lost } = await handOver(step, fault);
        assert.ok(taken.includes(step));
        assert.deepEqual(lost, []);
      });
    }
  }
});
