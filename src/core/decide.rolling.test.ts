import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CUSTOMIZED_ANNOTATION, PAUSE_ANNOTATION } from '../api/names.ts';
import { decide } from './decide.ts';
import { summary, type Table } from './decide-summary.ts';
import { AT, FAILOVER, observation, redisPod, unreachable } from './fixtures.ts';
import type { Observation, RedisPod } from './observation.ts';
import { statusOf } from './status.ts';

const stale = { revision: 'rev0' } as const;
const annotated = (value: string) => ({
  ...FAILOVER,
  metadata: { ...FAILOVER.metadata, annotations: { [PAUSE_ANNOTATION]: value } },
});
const paused = annotated('true');

/** Status, reason and message of one condition. */
const conditionOf = (seen: Observation, type: string): readonly (string | undefined)[] => {
  const { situation, plan } = decide(seen);
  const found = statusOf(situation, plan, []).conditions?.find((one) => one.type === type);
  return [found?.status, found?.reason, found?.message];
};

const PAUSED: Table = {
  'the pod that is under way comes back, the next is not taken': {
    seen: observation({ failover: paused, redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2)] }),
    expected: [],
  },
  'the master is not handed over for the roll': {
    seen: observation({ failover: paused, redis: [redisPod(0, stale), redisPod(1), redisPod(2)] }),
    expected: [],
  },
  'the master is handed over when its pod is deleted': {
    seen: observation({
      failover: paused,
      redis: [redisPod(0, { ...stale, deleting: true }), redisPod(1), redisPod(2)],
    }),
    expected: ['hand-over rfr-test-0'],
  },
  'a replica that lost its master is healed': {
    seen: observation({
      failover: paused,
      redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2, { answer: { masterHost: '10.9.9.9' } })],
    }),
    expected: ['replicate rfr-test-2 10.0.0.1'],
  },
  'a pod that never started can be reverted': {
    seen: observation({
      failover: paused,
      redis: [
        redisPod(0),
        redisPod(1),
        redisPod(2, {
          ...stale,
          ready: false,
          container: { kind: 'waiting', reason: 'ImagePullBackOff', message: '' },
          answer: unreachable('no-address'),
        }),
      ],
    }),
    expected: ['delete-pod rfr-test-2'],
  },
  'the value "false" holds nothing': {
    seen: observation({ failover: annotated('false'), redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2)] }),
    expected: ['delete-pod rfr-test-1'],
  },
  'a value that means nothing holds the roll': {
    seen: observation({ failover: annotated('yes'), redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2)] }),
    expected: [],
  },
};

/** A master that wrote `offset` bytes, of which pod 2 says it has applied `own` and has confirmed `confirmed`. */
const busy = ({
  offset,
  own,
  confirmed,
  replaced = [2],
}: {
  readonly offset: number;
  readonly own: number;
  readonly confirmed: number;
  /** Ordinals of the pods on the current template. */
  readonly replaced?: readonly number[];
}): Observation => {
  const connectedReplicas = [
    { ip: '10.0.0.2', port: 6379, offset },
    { ip: '10.0.0.3', port: 6379, offset: confirmed },
  ];
  return observation({
    redis: [
      redisPod(0, { ...stale, answer: { offset, connectedReplicas } }),
      redisPod(1, { ...(!replaced.includes(1) && stale), answer: { offset } }),
      redisPod(2, { answer: { offset: own } }),
    ],
  });
};

const CATCHING_UP: Table = {
  'the next pod is not taken while the link is up and much is still to be sent': {
    seen: busy({ offset: 50_000_000, own: 1_000, confirmed: 1_000 }),
    expected: [],
  },
  'nor is the master handed over': {
    seen: busy({ offset: 50_000_000, own: 1_000, confirmed: 1_000, replaced: [1, 2] }),
    expected: [],
  },
  'what a busy master writes between two questions does not hold it up': {
    seen: busy({ offset: 50_000_000, own: 49_900_000, confirmed: 40_000_000 }),
    expected: ['delete-pod rfr-test-1'],
  },
  'what the replica confirmed to the master counts when its own answer is older': {
    seen: busy({ offset: 50_000_000, own: 40_000_000, confirmed: 49_900_000 }),
    expected: ['delete-pod rfr-test-1'],
  },
};

const NOT_READY = { ...stale, ready: false } as const;
/** The pod's container runs since so many milliseconds. */
const running = (ms: number) => ({ kind: 'running', startedAt: AT - ms }) as const;
/** A command that never starts Redis. */
const IDLE = { ...NOT_READY, answer: unreachable('refused'), container: running(10_000) };

const REVERTED: Table = {
  'a replica that follows and whose probe fails is replaced': {
    seen: observation({ redis: [redisPod(0), redisPod(1), redisPod(2, NOT_READY)] }),
    expected: ['delete-pod rfr-test-2'],
  },
  'also when others are left on the old template': {
    seen: observation({ redis: [redisPod(0, stale), redisPod(1, NOT_READY), redisPod(2, stale)] }),
    expected: ['delete-pod rfr-test-1'],
  },
  'and when it cannot read what the master sends': {
    seen: observation({
      redis: [redisPod(0), redisPod(1), redisPod(2, { ...NOT_READY, answer: { linkUp: false } })],
    }),
    expected: ['delete-pod rfr-test-2'],
  },
  'a master whose probe fails is handed over': {
    seen: observation({ redis: [redisPod(0, NOT_READY), redisPod(1), redisPod(2)] }),
    expected: ['hand-over rfr-test-0'],
  },
  'but not while another one is not ready': {
    seen: observation({ redis: [redisPod(0), redisPod(1, { ready: false }), redisPod(2, NOT_READY)] }),
    expected: [],
  },
  'nor while the roll is paused': {
    seen: observation({ failover: paused, redis: [redisPod(0), redisPod(1), redisPod(2, NOT_READY)] }),
    expected: [],
  },
  'a pod in which no Redis runs is replaced': {
    seen: observation({ redis: [redisPod(0), redisPod(1), redisPod(2, IDLE)] }),
    expected: ['delete-pod rfr-test-2'],
  },
  'but not before Redis had the time to begin': {
    seen: observation({ redis: [redisPod(0), redisPod(1), redisPod(2, { ...IDLE, container: running(9_999) })] }),
    expected: [],
  },
  'nor when it ran and may hold the only data': {
    seen: observation({
      redis: [
        redisPod(0, { answer: { keys: 0 } }),
        redisPod(1, { answer: { keys: 0 } }),
        redisPod(2, { ...IDLE, restarts: 1 }),
      ],
    }),
    expected: [],
  },
};

describe('when a template that does not work is reverted', () => {
  for (const [sentence, { seen, expected }] of Object.entries(REVERTED)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }
});

describe('while a replaced pod catches up', () => {
  for (const [sentence, { seen, expected }] of Object.entries(CATCHING_UP)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }

  test('the condition says so, and it is looked at again soon', () => {
    const seen = busy({ offset: 50_000_000, own: 1_000, confirmed: 1_000 });
    assert.match(conditionOf(seen, 'Progressing')[2] ?? '', /rfr-test-2 to catch up with the master/);
    assert.ok((decide(seen).plan.recheckMs ?? Infinity) <= 1_000);
  });
});

describe('while a rolling update is paused', () => {
  for (const [sentence, { seen, expected }] of Object.entries(PAUSED)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }

  test('the condition says how many pods are left and how to continue', () => {
    const seen = observation({ failover: paused, redis: [redisPod(0, stale), redisPod(1, stale), redisPod(2)] });
    assert.deepEqual(conditionOf(seen, 'Progressing'), [
      'True',
      'RollingUpdatePaused',
      `the rolling update is paused, 2 of 3 Redis pods are left; remove the annotation ${PAUSE_ANNOTATION} to continue`,
    ]);
    assert.equal(conditionOf(seen, 'Ready')[0], 'False');
  });

  test('nothing is said of a pause when there is no roll', () => {
    const seen = observation({ failover: paused });
    assert.deepEqual(conditionOf(seen, 'Progressing').slice(0, 2), ['False', 'Healthy']);
  });

  test('a value that means nothing is reported, also when there is no roll', () => {
    const [problem, ...others] = decide(observation({ failover: annotated('yes') })).plan.problems;
    assert.equal(problem?.reason, 'InvalidAnnotation');
    assert.ok(problem.message.includes(PAUSE_ANNOTATION));
    assert.deepEqual(others, []);
  });
});

describe('after a line without a known default left customConfig', () => {
  const REMOVED = '2026-01-01T00:05:00.000Z';
  /** Made before and after. */
  const old = { createdAt: Date.parse(REMOVED) } as const;
  const fresh = { createdAt: Date.parse(REMOVED) + 1000 } as const;
  const seen = (redis: readonly RedisPod[], record = `lazyfree-lazy-expire@${REMOVED}`): Observation => {
    const metadata = { name: 'rfr-test', annotations: { [CUSTOMIZED_ANNOTATION]: record } };
    const others = new Map([['ConfigMap/rfr-test', { kind: 'ConfigMap', apiVersion: 'v1', metadata }]]);
    return observation({ redis, children: { ...observation().children, others } });
  };
  const half = seen([redisPod(0, old), redisPod(1, old), redisPod(2, fresh)]);

  test('the pods that may have it are replaced, in their turn', () => {
    assert.deepEqual(summary(half), ['delete-pod rfr-test-1']);
    assert.deepEqual(summary(seen([redisPod(0, old), redisPod(1, fresh), redisPod(2, fresh)])), [
      'hand-over rfr-test-0',
    ]);
    assert.deepEqual(summary(seen([redisPod(0, fresh), redisPod(1, fresh), redisPod(2, fresh)])), []);
  });

  test('no pod is, before it is written down which ones may have it', () =>
    assert.deepEqual(
      summary(seen([redisPod(0, old), redisPod(1, old), redisPod(2, old)], 'lazyfree-lazy-expire')),
      [],
    ));

  test('the status says why', () => {
    const [status, reason, message] = conditionOf(half, 'ConfigApplied');
    assert.deepEqual([status, reason], ['False', 'ConfigPending']);
    assert.match(message ?? '', /rfr-test-0 has to be replaced to be without: lazyfree-lazy-expire/);
    assert.equal(conditionOf(half, 'Ready')[0], 'False');
    const { actions } = decide(half).plan;
    assert.match(
      actions.find(({ kind }) => kind === 'delete-pod')?.why.message ?? '',
      /rfr-test-1 is replaced: customConfig no longer has lazyfree-lazy-expire, which only a new process is without/,
    );
  });
});
