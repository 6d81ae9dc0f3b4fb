/** The hand-over with real Redis and Sentinel processes and a client that writes all the while; every step fails once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { handOverMaster } from '../../src/operator/hand-over.ts';
import { disturbed, FAULTS, type Fault } from './hand-over-faults.ts';
import { until, World, Writer } from './hand-over-world.ts';
import { stopAll } from './redis-process.ts';

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
    const writer = new Writer((turn) => world.addressOfMaster(turn));
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
