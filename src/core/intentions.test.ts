import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide } from './decide.ts';
import { FAILOVER, observation, redisPod } from './fixtures.ts';
import { intentionsMessage, intentionsOf, storedIntentions, unlessSame, withIntentions } from './intentions.ts';
import type { Plan } from './plan.ts';
import { statusOf } from './status.ts';

const NO_PLAN: Plan = { actions: [], waitingFor: [], problems: [], progress: undefined, recheckMs: undefined };

const planOf = (...actions: Plan['actions']): Plan => ({ ...NO_PLAN, actions });
const target = { pod: 'rfr-test-1', uid: 'uid' };

const because = (message: string) =>
  intentionsOf(planOf({ kind: 'delete-pod', target, why: { reason: 'PodReplaced', message } }));

const workload = (image: string) => {
  const template = { spec: { containers: [{ name: 'redis', image }] } };
  return { kind: 'StatefulSet', metadata: { name: 'rfr-test', labels: { image } }, spec: { template } };
};

const reasonOf = (from: string, to: string): string | undefined => {
  const why = { reason: 'ObjectApplied', message: 'StatefulSet rfr-test: labels' } as const;
  const [intention] = intentionsOf(planOf({ kind: 'apply', object: workload(to), live: workload(from), why }));
  return intention?.why;
};

describe('what would be done', () => {
  test('names each action, its target and why', () => {
    const { plan } = decide(observation({ redis: [redisPod(0), redisPod(1, { roleLabel: 'master' }), redisPod(2)] }));
    const intentions = intentionsOf(plan);
    assert.ok(intentions.some(({ what }) => what === 'label rfr-test-1'));
    assert.ok(intentions.some(({ what, why }) => what === 'apply Service/rfrm-test' && why === 'it does not exist'));
  });

  test('warns of pods that would be replaced, and only then', () => {
    assert.equal(reasonOf('redis:7', 'redis:7'), 'labels');
    assert.equal(reasonOf('redis:7', 'redis:8'), 'labels; its pods would be replaced');
  });

  test('does not tell the values of customConfig', () => {
    const message = 'rfr-test-1: masterauth hunter2';
    const why = { reason: 'RedisConfigured', message } as const;
    const plan = planOf({ kind: 'configure-redis', target, lines: ['masterauth hunter2', 'save ""'], why });
    assert.equal(
      intentionsMessage(intentionsOf(plan)),
      'this operator only observes; it would: configure-redis rfr-test-1 (customConfig: masterauth, save)',
    );
  });

  test('stays word for word while the actions stay, whatever their reasons count', () => {
    const earlier = because('3 bytes behind');
    assert.equal(unlessSame(because('4 bytes behind'), earlier), earlier);
    const other = intentionsOf(NO_PLAN);
    assert.equal(unlessSame(other, earlier), other);
  });

  test('is a condition beside the others, of a length that the API server takes', () => {
    const seen = observation();
    const { situation, plan } = decide(seen);
    const many = Array.from({ length: 1000 }, (_, index) => ({ what: `apply Service/${index}`, why: 'w'.repeat(100) }));
    const status = statusOf(situation, plan, []);
    const { conditions = [] } = withIntentions(status, situation, many);
    const condition = conditions.at(-1);
    assert.deepEqual([condition?.type, condition?.reason], ['Observed', 'WouldAct']);
    assert.ok((condition?.message.length ?? 0) < 32_768);
    assert.deepEqual(conditions.slice(0, -1), status.conditions);
  });

  test('nothing is said to be nothing', () => {
    const { situation, plan } = decide(observation());
    const status = withIntentions(statusOf(situation, plan, []), situation, []);
    assert.equal(status.conditions?.at(-1)?.reason, 'NothingToDo');
    assert.match(storedIntentions(status) ?? '', /would do nothing/);
    assert.equal(storedIntentions(FAILOVER.status), undefined);
  });
});
