/** The operator that leads is deleted right after every kind of fault and change; its successor finishes the work. */
import { isLocal, signalContainer } from '../../cluster/faults.ts';
import { deleteChildren } from './harness/children.ts';
import { changeSpec, onVolumes } from './harness/failover.ts';
import { killOperator } from './harness/operator.ts';
import { deletePods, type FailoverKey, type PodView } from './harness/pods.ts';
import { suite } from './harness/suite.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import type { Settled } from './harness/views.ts';

type Case = {
  readonly sentence: string;
  readonly disturb: (failover: FailoverKey, before: Settled) => Promise<unknown>;
  /** Redis pods before, and after if others; 3 unless said. */
  readonly redis?: number;
  readonly redisAfter?: number;
  /** Nothing acknowledged may be lost. */
  readonly planned?: true;
  readonly localOnly?: true;
};

const names = (pods: readonly PodView[]): readonly string[] => pods.map(({ name }) => name);

const CASES: readonly Case[] = [
  {
    sentence: 'a master whose process is killed',
    localOnly: true,
    disturb: ({ namespace }, { master }) =>
      signalContainer({ namespace, pod: master.name, container: 'redis', signal: 'SIGKILL' }),
  },
  {
    sentence: 'a master whose pod is deleted without grace',
    disturb: ({ namespace }, { master }) => deletePods(namespace, [master.name], { graceSeconds: 0 }),
  },
  {
    sentence: 'the loss of all Sentinels',
    disturb: ({ namespace }, { sentinels }) => deletePods(namespace, names(sentinels), { graceSeconds: 0 }),
  },
  {
    sentence: 'the deletion of all Redis pods',
    disturb: ({ namespace }, { master, replicas }) => deletePods(namespace, names([master, ...replicas])),
  },
  {
    sentence: 'a scale-up',
    redisAfter: 5,
    planned: true,
    disturb: (failover) => changeSpec(failover, { redis: { replicas: 5 } }),
  },
  {
    sentence: 'a scale-down',
    redis: 5,
    redisAfter: 3,
    planned: true,
    disturb: (failover) => changeSpec(failover, { redis: { replicas: 3 } }),
  },
  {
    sentence: 'a rolling update',
    planned: true,
    disturb: (failover) =>
      changeSpec(failover, { redis: { tolerations: [{ key: 'nothing-has-this', operator: 'Exists' }] } }),
  },
  {
    sentence: 'a change of resources',
    planned: true,
    disturb: (failover) => changeSpec(failover, { redis: { resources: { requests: { cpu: '25m' } } } }),
  },
  { sentence: 'the deletion of all child objects', planned: true, disturb: deleteChildren },
];

const OPTIONS = { name: 'restarted', sizes: { redis: 3, sentinel: 3 }, spec: { redis: { storage: onVolumes } } };

suite('a new operator finishes what the old one began', OPTIONS, (add) => {
  for (const { sentence, disturb, redis = 3, redisAfter = redis, planned, localOnly } of CASES) {
    if (localOnly && !isLocal()) continue;
    add(`the operator is deleted in the middle of ${sentence}`, async (failover) => {
      const outcome = await underLoad(failover, {
        sizes: { redis, sentinel: 3 },
        sizesAfter: { redis: redisAfter, sentinel: 3 },
        disturb: async (before) => {
          await disturb(failover, before);
          await killOperator();
        },
      });
      if (planned) requireNothingLost(outcome);
    });
  }
});
