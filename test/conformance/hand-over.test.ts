/** The hand-over with real Redis and Sentinel processes and a client that writes all the while; every step fails once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { handOverMaster } from '../../src/operator/hand-over.ts';
import type { Caller } from '../../src/redis/commands.ts';
import { RedisError } from '../../src/redis/errors.ts';
import { until, World, Writer } from './hand-over-world.ts';
import { stopAll } from './redis-process.ts';

/** `lost`: the command does not arrive. `unanswered`: it does, and its answer does not. `ended`: nothing arrives from then on. */
const FAULTS = ['lost', 'unanswered', 'ended'] as const;
type Fault = (typeof FAULTS)[number];

/** The first time that each step calls somebody, in order. */
const STEPS = [
  'sentinel SENTINEL REPLICAS',
  'master CLIENT PAUSE',
  'master INFO',
  'replica INFO',
  'master CONFIG GET',
  'master CONFIG SET',
  'sentinel SENTINEL FAILOVER',
  'replica ROLE',
  'master REPLICAOF',
  'sentinel SENTINEL GET-MASTER-ADDR-BY-NAME',
  'master CLIENT KILL',
  'master CLIENT UNPAUSE',
];

const ONE_WORD = new Set(['INFO', 'ROLE', 'REPLICAOF']);
const stepOf = (who: string, [first = '', second = '']: readonly string[]): string =>
  `${who} ${ONE_WORD.has(first) ? first : `${first} ${second}`}`;

/** Lets calls through, notes their steps, and makes the first call of `step` fail. */
const disturbed = (step: string | undefined, fault: Fault) => {
  const taken = new Set<string>();
  let ended = false;
  const through = (who: string, caller: Caller): Caller => ({
    call: async (args, timeoutMs) => {
      const now = stepOf(who, args);
      const fails = now === step && !taken.has(now);
      taken.add(now);
      if (ended || (fails && fault !== 'unanswered')) {
        ended ||= fault === 'ended';
        throw new RedisError({ code: 'closed', message: `${now} was lost` });
      }
      const answer = await caller.call(args, timeoutMs);
      if (fails) throw new RedisError({ code: 'timeout', message: `${now} was not answered` });
      return answer;
    },
  });
  return { through, taken };
};

const LIMIT_MS = 60_000;
/** `HAND_OVERS=500 node --test …` makes as many in a row. */
const IN_A_ROW = Number(process.env['HAND_OVERS'] ?? 10);

describe('a hand-over under load', () => {
  let world: World;
  before(async () => {
    world = await World.start();
  });
  after(async () => {
    world.close();
    await stopAll();
  });

  /** One hand-over with a fault in it, and everything that was acknowledged before, meanwhile and afterwards. */
  const handOver = async (step: string | undefined, fault: Fault) => {
    const writer = new Writer(world);
    const old = await world.heal();
    await until(async () => (writer.acknowledged.length > 0 ? true : undefined));
    const { through, taken } = disturbed(step, fault);
    const outcome = await handOverMaster(world.handOver(old, through)).catch((error: unknown) => String(error));
    const meanwhile = writer.acknowledged.length;
    await until(async () => (writer.acknowledged.length > meanwhile ? true : undefined));
    const master = await world.heal();
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

  test(`moves the master ${IN_A_ROW} times in a row, by one failover each`, {
    timeout: IN_A_ROW * LIMIT_MS,
  }, async () => {
    for (let number = 1; number <= IN_A_ROW; number += 1) {
      const epoch = await world.epoch();
      const { outcome, moved, lost } = await handOver(undefined, 'lost');
      const failovers = (await world.epoch()) - epoch;
      assert.deepEqual(
        { number, moved, lost, failovers },
        { number, moved: true, lost: [], failovers: 1 },
        JSON.stringify(outcome),
      );
    }
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
