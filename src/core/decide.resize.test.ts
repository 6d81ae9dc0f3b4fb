import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import { PAUSE_ANNOTATION } from '../api/names.ts';
import { decide } from './decide.ts';
import { summary } from './decide-summary.ts';
import { AT, FAILOVER, observation, redisPod } from './fixtures.ts';
import type { Observation, RedisPod, ResizeFacts } from './observation.ts';
import { replicasNow } from './rules/apply-objects.ts';
import { statusOf } from './status.ts';

const templateWith = (memory: string): PodTemplateSpec => ({
  spec: { containers: [{ name: 'redis', image: 'redis:8', resources: { limits: { memory } } }] },
});
const OLD = templateWith('64Mi');
const NEW = templateWith('128Mi');
const asking = (memory: string) => ({ redis: { limits: { memory }, requests: { memory } } });

type Place = Pick<Observation, 'redis'> &
  Partial<Pick<Observation, 'oldTemplates' | 'resizesRefused' | 'failover'>> & { readonly replicas?: number };

/** The StatefulSet has the new template; pods on rev0 were made from the old one. */
const place = ({ replicas = 3, failover, ...rest }: Place): Observation => ({
  ...observation({
    failover: { ...FAILOVER, spec: { redis: { replicas } } },
    children: {
      ...observation().children,
      statefulSet: {
        metadata: { name: 'rfr-test', generation: 1 },
        spec: { replicas, selector: {}, template: NEW, serviceName: 'rfr-test' },
        status: { replicas, observedGeneration: 1, updateRevision: 'rev1' },
      },
    },
    oldTemplates: new Map([['rev0', OLD]]),
    ...rest,
  }),
  ...(failover && { failover }),
});

/** A pod on the old revision, that asks for the memory. */
const stale = (ordinal: number, memory: string, progress: ResizeFacts['progress'] = { kind: 'done' }): RedisPod =>
  redisPod(ordinal, { revision: 'rev0', resize: { asked: asking(memory), restarts: false, progress } });

/** A replica on the current revision, that asks for the memory. */
const reverted = (memory: string, progress: ResizeFacts['progress']): RedisPod =>
  redisPod(2, { revision: 'rev1', resize: { asked: asking(memory), restarts: false, progress } });

const since = (ms: number) => ({ kind: 'under-way', since: AT - ms }) as const;

/** What the StatefulSet of a single Redis is asked for while its node is that far. */
const replicasOfSingle = (progress: ResizeFacts['progress']): number =>
  replicasNow(decide(place({ replicas: 1, redis: [stale(0, '128Mi', progress)] })).situation);

const TABLE: Readonly<Record<string, readonly [Observation, readonly string[]]>> = {
  'it begins with the replica of the highest ordinal': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '64Mi')] }),
    ['resize-pod rfr-test-2'],
  ],
  'the next pod waits until the node has made it': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '128Mi', since(1_000))] }),
    [],
  ],
  'also while the node has not looked at it': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '128Mi', { kind: 'under-way', since: undefined })] }),
    [],
  ],
  'one that is made is noted, also by an operator that has just begun': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '128Mi')] }),
    ['mark-revision rfr-test-2'],
  ],
  'one that no node can make is taken back when the spec is reverted': [
    place({ redis: [redisPod(0), redisPod(1), reverted('64Ti', { kind: 'infeasible' })] }),
    ['resize-pod rfr-test-2'],
  ],
  'one that is put off, too': [
    place({ redis: [redisPod(0), redisPod(1), reverted('64Ti', since(1_000))] }),
    ['resize-pod rfr-test-2'],
  ],
  'that is done once, however long the node says what it said': [
    place({ redis: [redisPod(0), redisPod(1), reverted('128Mi', { kind: 'infeasible' })] }),
    [],
  ],
  'what somebody else gave a pod stays': [
    place({ redis: [redisPod(0), redisPod(1), reverted('256Mi', { kind: 'done' })] }),
    [],
  ],
  'the master is last, and is not handed over': [
    place({ redis: [stale(0, '64Mi'), redisPod(1), redisPod(2)] }),
    ['resize-pod rfr-test-0'],
  ],
  'a pod whose node cannot take it is replaced': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '128Mi', { kind: 'infeasible' })] }),
    ['delete-pod rfr-test-2'],
  ],
  'so is one whose node puts it off for long': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '128Mi', since(120_000))] }),
    ['delete-pod rfr-test-2'],
  ],
  'an old refusal does not count when the spec has changed again': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '96Mi', { kind: 'infeasible' })] }),
    ['resize-pod rfr-test-2'],
  ],
  'the master is handed over when it cannot be resized': [
    place({ redis: [stale(0, '128Mi', { kind: 'infeasible' }), redisPod(1), redisPod(2)] }),
    ['hand-over rfr-test-0'],
  ],
  'a pod that the API server does not resize is replaced': [
    place({
      redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '64Mi')],
      resizesRefused: new Map([['uid-rfr-test-2', 'rev1']]),
    }),
    ['delete-pod rfr-test-2'],
  ],
  'a refusal of another revision says nothing': [
    place({
      redis: [stale(0, '64Mi'), redisPod(1), redisPod(2)],
      resizesRefused: new Map([['uid-rfr-test-0', 'rev9']]),
    }),
    ['resize-pod rfr-test-0'],
  ],
  'a container that would be restarted is replaced in its turn': [
    place({
      redis: [
        stale(0, '64Mi'),
        redisPod(1),
        redisPod(2, {
          revision: 'rev0',
          resize: { asked: asking('64Mi'), restarts: true, progress: { kind: 'done' } },
        }),
      ],
    }),
    ['delete-pod rfr-test-2'],
  ],
  'what a pod was made from is waited for': [
    place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '64Mi')], oldTemplates: new Map() }),
    [],
  ],
  'where it is kept no more the pod is replaced': [
    place({ redis: [stale(0, '64Mi'), redisPod(1), stale(2, '64Mi')], oldTemplates: new Map([['rev0', 'gone']]) }),
    ['delete-pod rfr-test-2'],
  ],
  'a revert resizes back': [
    place({
      redis: [redisPod(0), redisPod(1), stale(2, '256Mi')],
      oldTemplates: new Map([['rev0', templateWith('256Mi')]]),
    }),
    ['resize-pod rfr-test-2'],
  ],
  'a pause holds it': [
    place({
      redis: [stale(0, '64Mi'), stale(1, '64Mi'), redisPod(2)],
      failover: observation({
        failover: { ...FAILOVER, metadata: { ...FAILOVER.metadata, annotations: { [PAUSE_ANNOTATION]: 'true' } } },
      }).failover,
    }),
    [],
  ],
};

describe('a change of resources alone', () => {
  for (const [sentence, [seen, expected]] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(summary(seen), expected));
  }

  test('sends the resources of the new template', () => {
    const seen = place({ redis: [stale(0, '64Mi'), redisPod(1), redisPod(2)] });
    const [resources] = decide(seen).plan.actions.flatMap((one) => (one.kind === 'resize-pod' ? one.resources : []));
    assert.deepEqual(resources, asking('128Mi'));
  });

  test('needs no surge, where the pods can be resized', () => {
    assert.equal(replicasOfSingle(since(1_000)), 1);
    assert.equal(replicasOfSingle({ kind: 'infeasible' }), 2);
  });

  test('says what is waited for', () => {
    const { situation, plan } = decide(
      place({ redis: [stale(0, '64Mi'), stale(1, '64Mi'), stale(2, '128Mi', since(1_000))] }),
    );
    const progressing = statusOf(situation, plan, []).conditions?.find(({ type }) => type === 'Progressing');
    assert.equal(progressing?.message, 'waiting for the node of rfr-test-2 to resize it');
  });
});
