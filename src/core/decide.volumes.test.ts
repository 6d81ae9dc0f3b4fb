/** What is done about the size of volumes, step by step, each from what is seen alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1.js';
import { selectorLabels } from '../api/names.ts';
import type { EmbeddedClaim } from '../api/types.ts';
import { decide } from './decide.ts';
import { AT, FAILOVER, observation, redisPod } from './fixtures.ts';
import { claimTemplates } from './objects/claims.ts';
import { at, failover as failoverWith } from './objects/fixtures.ts';
import { TEMPLATE_ANNOTATION, TEMPLATE_VERSION } from './objects/kept-template.ts';
import type { ClaimRefusal, Observation, OwnerFacts, RedisPod } from './observation.ts';
import type { Action } from './plan.ts';
import { replicasNow } from './rules/apply-objects.ts';
import { statusOf } from './status.ts';

const FAILOVER_UID = 'failover-uid';
const CONTROLLED: OwnerFacts = { uids: ['set-uid'], controller: 'set-uid' };
const OWNED: OwnerFacts = { uids: ['set-uid', FAILOVER_UID], controller: 'set-uid' };
const ORPHANED: OwnerFacts = { uids: [FAILOVER_UID], controller: undefined };

type World = {
  /** What the spec asks for. */
  readonly asked: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  /** What the claim template of the live StatefulSet asks for; undefined when there is no StatefulSet. */
  readonly template: string | undefined;
  readonly templateVersion?: number;
  readonly deleting?: boolean;
  /** The revision of every pod. */
  readonly revision?: string;
  readonly selector?: Record<string, string>;
  /** Requests of the claims, by ordinal, and what their volumes have. */
  readonly claims?: readonly string[];
  readonly volumes?: readonly string[];
  readonly owners?: readonly OwnerFacts[];
  readonly redis?: readonly RedisPod[];
  readonly refusals?: readonly (readonly [string, ClaimRefusal])[];
};

const embedded = (storage: string, labels: Readonly<Record<string, string>> = {}): EmbeddedClaim => ({
  metadata: { labels },
  spec: { storageClassName: 'fast', resources: { requests: { storage } } },
});

const templates = (claim: EmbeddedClaim): PersistentVolumeClaim[] => [
  ...claimTemplates(failoverWith({ redis: { storage: { persistentVolumeClaim: claim } } })),
];

const world = (seen: World): Observation => {
  const { asked, labels, replicas = 3, template, deleting, claims = [asked, asked, asked], volumes = claims } = seen;
  const { owners = [CONTROLLED, CONTROLLED, CONTROLLED], refusals = [] } = seen;
  const { statefulSet, ...children } = observation().children;
  const storage = { keepAfterDeletion: true, persistentVolumeClaim: embedded(asked, labels) };
  return observation({
    failover: { ...FAILOVER, spec: { redis: { replicas, storage } } },
    redis:
      seen.redis ?? owners.map((one, ordinal) => redisPod(ordinal, { owners: one, revision: seen.revision ?? 'rev1' })),
    claimsRefused: new Map(refusals),
    children: {
      ...children,
      claims: claims.map((requested, ordinal) => ({
        metadata: { name: `redis-data-rfr-test-${ordinal}`, uid: `claim-${ordinal}`, resourceVersion: '7' },
        spec: { storageClassName: 'fast', resources: { requests: { storage: requested } } },
        status: { phase: 'Bound', capacity: { storage: volumes[ordinal] ?? '' } },
      })),
      ...(template !== undefined && {
        statefulSet: {
          ...statefulSet,
          metadata: {
            ...statefulSet?.metadata,
            annotations: { [TEMPLATE_ANNOTATION]: `${seen.templateVersion ?? TEMPLATE_VERSION.redis}:asked` },
            ...(deleting && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
          },
          spec: {
            ...statefulSet?.spec,
            replicas: 3,
            serviceName: 'rfr-test',
            template: {},
            selector: { matchLabels: seen.selector ?? selectorLabels('test', 'redis') },
            volumeClaimTemplates: templates(embedded(template)),
          },
        },
      }),
    },
  });
};

const describeAction = (action: Action): readonly string[] => {
  if (action.kind === 'resize-claim') return [`resize ${action.target.uid} to ${action.size}`];
  if (action.kind === 'patch-claim') return [`patch ${action.claim}`];
  if (action.kind === 'own-pod') return [`owner of ${action.target.pod} ${action.owner}`];
  if (action.kind !== 'delete-object') return [];
  return [`delete ${action.object.metadata?.uid}${action.keepsDependents ? ', keep its pods' : ''}`];
};

const steps = (seen: World): readonly string[] => decide(world(seen)).plan.actions.flatMap(describeAction);

const OWN_ALL = [0, 1, 2].map((ordinal) => `owner of rfr-test-${ordinal} added`);
const REPLACE = 'delete set-uid, keep its pods';

const STEPS: Readonly<Record<string, { seen: World; expected: readonly string[] }>> = {
  'while the spec asks for what there is, nothing happens': {
    seen: { asked: '1Gi', template: '1024Mi' },
    expected: [],
  },
  'a larger request goes to the claims, and the pods get a second owner': {
    seen: { asked: '2Gi', template: '1Gi', claims: ['1Gi', '1Gi', '1Gi'] },
    expected: [...[0, 1, 2].map((ordinal) => `resize claim-${ordinal} to 2Gi`), ...OWN_ALL],
  },
  'after a crash, what is left to do is done': {
    seen: { asked: '2Gi', template: '1Gi', claims: ['2Gi', '1Gi', '2Gi'], owners: [OWNED, CONTROLLED, OWNED] },
    expected: ['resize claim-1 to 2Gi', 'owner of rfr-test-1 added'],
  },
  'then the StatefulSet goes without its pods': {
    seen: { asked: '2Gi', template: '1Gi', owners: [OWNED, OWNED, OWNED] },
    expected: [REPLACE],
  },
  'also when the volumes do not grow': {
    seen: { asked: '2Gi', template: '1Gi', volumes: ['1Gi', '1Gi', '1Gi'], owners: [OWNED, OWNED, OWNED] },
    expected: [REPLACE],
  },
  'while it goes, nothing more is done': {
    seen: { asked: '2Gi', template: '1Gi', deleting: true, owners: [OWNED, ORPHANED, OWNED] },
    expected: [],
  },
  'pods that the new one does not control yet keep their owner': {
    seen: { asked: '2Gi', template: '2Gi', owners: [ORPHANED, OWNED, CONTROLLED] },
    expected: ['owner of rfr-test-1 removed'],
  },
  'a change that was taken back in time leaves no owner behind': {
    seen: { asked: '1Gi', template: '1Gi', owners: [OWNED, CONTROLLED, OWNED] },
    expected: ['owner of rfr-test-0 removed', 'owner of rfr-test-2 removed'],
  },
  'a StatefulSet whose selector would not find the pods stays, and the claims grow': {
    seen: {
      asked: '2Gi',
      template: '1Gi',
      selector: { ...selectorLabels('test', 'redis'), 'app.kubernetes.io/part-of': 'redis-failover' },
      claims: ['1Gi', '2Gi', '2Gi'],
    },
    expected: ['resize claim-0 to 2Gi'],
  },
  'one whose pod template is of another operator or release stays for now': {
    seen: { asked: '2Gi', template: '1Gi', templateVersion: 0, claims: ['1Gi', '2Gi', '2Gi'] },
    expected: ['resize claim-0 to 2Gi'],
  },
  'so does one that is rolled': {
    seen: { asked: '2Gi', template: '1Gi', revision: 'rev0' },
    expected: [],
  },
  'and one that is scaled down': {
    seen: { asked: '2Gi', replicas: 2, template: '1Gi' },
    expected: [],
  },
  'labels go to the claims before the template has them': {
    seen: { asked: '1Gi', labels: { tier: 'gold' }, template: '1Gi' },
    expected: [0, 1, 2].map((ordinal) => `patch redis-data-rfr-test-${ordinal}`),
  },
  'a claim of a pod that is gone grows, too': {
    seen: { asked: '2Gi', template: '2Gi', claims: ['2Gi', '2Gi', '2Gi', '1Gi'] },
    expected: ['resize claim-3 to 2Gi'],
  },
};

describe('volumes that are to grow:', () => {
  for (const [sentence, { seen, expected }] of Object.entries(STEPS)) {
    test(sentence, () => assert.deepEqual(steps(seen), expected));
  }
});

describe('between the deletion of the StatefulSet and its return', () => {
  const owners = [ORPHANED, ORPHANED, ORPHANED];

  test('it is made with the new size', () => {
    const { actions } = decide(world({ asked: '2Gi', template: undefined, owners })).plan;
    const made = actions.flatMap((action) => (action.kind === 'apply' ? [action.object] : []));
    const [template] = templates(embedded('2Gi'));
    assert.deepEqual(at(made, 'StatefulSet/rfr-test spec.volumeClaimTemplates.0.spec'), template?.spec);
  });

  test('a scale-down that came meanwhile waits for the master as ever', () => {
    const answer = { role: 'replica', masterHost: '10.0.0.3', masterPort: 6379, linkUp: true } as const;
    const redis = [
      redisPod(0, { answer, owners: ORPHANED }),
      redisPod(1, { answer: { ...answer }, owners: ORPHANED }),
      redisPod(2, { answer: { role: 'master' }, owners: ORPHANED }),
    ];
    const seen = world({ asked: '2Gi', replicas: 2, template: undefined, redis });
    const { situation } = decide({ ...seen, sentinels: [] });
    assert.equal(situation.master?.name, 'rfr-test-2');
    assert.equal(replicasNow(situation), 3);
  });

  test('no pod is replaced, handed over or told anything', () => {
    const { actions } = decide(world({ asked: '2Gi', template: undefined, owners })).plan;
    assert.deepEqual([...new Set(actions.map(({ kind }) => kind))], ['apply']);
  });
});

const REFUSAL: ClaimRefusal = { size: '2Gi', message: 'claim redis-data-rfr-test-0 does not get 2Gi', at: AT - 1_000 };

const refused = (change: Partial<ClaimRefusal>): World => ({
  asked: '2Gi',
  template: '2Gi',
  claims: ['1Gi', '2Gi', '2Gi'],
  refusals: [['claim-0', { ...REFUSAL, ...change }]],
});
const degraded = (seen: World) => {
  const { situation, plan } = decide(world(seen));
  return statusOf(situation, plan, []).conditions?.find(({ type }) => type === 'Degraded');
};

describe('a claim that the API server refused to resize', () => {
  test('is a problem and not asked again at once', () => {
    assert.deepEqual(steps(refused({})), []);
    const { status, reason, message } = degraded(refused({})) ?? {};
    assert.deepEqual(
      { status, reason, message },
      { status: 'True', reason: 'VolumeNotGrown', message: REFUSAL.message },
    );
  });

  test('is asked again after a while, and stays a problem meanwhile', () => {
    assert.deepEqual(steps(refused({ at: AT - 60_000 })), ['resize claim-0 to 2Gi']);
    assert.equal(degraded(refused({ at: AT - 60_000 }))?.message, REFUSAL.message);
  });

  test('is asked at once for another size', () => {
    assert.deepEqual(steps(refused({ size: '9Gi' })), ['resize claim-0 to 2Gi']);
  });
});

test('volumes that grow show as progress of a failover that is ready', () => {
  const { situation, plan } = decide(world({ asked: '2Gi', template: '2Gi', volumes: ['2Gi', '1Gi', '1Gi'] }));
  const { phase, storage, conditions } = statusOf(situation, plan, []);
  assert.deepEqual({ phase, storage }, { phase: 'Ready', storage: { smallestVolume: '1Gi', largestVolume: '2Gi' } });
  const { status, reason, message } = conditions?.find(({ type }) => type === 'Progressing') ?? {};
  assert.deepEqual({ status, reason }, { status: 'True', reason: 'VolumesGrowing' });
  assert.equal(
    message,
    'waiting for 2 of 3 volumes to have 2Gi: claim redis-data-rfr-test-1 waits for its storage driver to grow it',
  );
});
