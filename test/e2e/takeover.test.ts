/** What spotahome/redis-operator left running is taken over: no pod is restarted, no write is lost. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { ConfigMap, PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { isLocal, signalContainer } from '../../cluster/faults.ts';
import { GROUP } from '../../src/api/names.ts';
import { EXPORTER_IMAGE } from '../../src/api/pod-schema.ts';
import type { RedisFailoverSpec } from '../../src/api/types.ts';
import { eventsOf } from './harness/events.ts';
import { eventually } from './harness/eventually.ts';
import { changeSpec, failoverOf, freshCondition, getFailover, onVolumes, type Sizes } from './harness/failover.ts';
import { apply, kubectl, kubectlJson } from './harness/kubectl.ts';
import { type Load, startLoad, stopLoad } from './harness/load.ts';
import { createNamespace, deleteNamespace } from './harness/namespaces.ts';
import { ensureOperator, whileObserving, withoutOperator } from './harness/operator.ts';
import { deletePods, type FailoverKey, identities, type PodView, podsOf } from './harness/pods.ts';
import type { Release } from './harness/predecessor.ts';
import { type Inherited, inherit } from './harness/predecessor-state.ts';
import { redisCli, redisSession, sentinelCli } from './harness/redis-cli.ts';
import { dumpedOnFailure } from './harness/suite.ts';
import { touchableOf, touched } from './harness/touchable.ts';
import { requireNothingLost, underLoad } from './harness/under-load.ts';
import { settled } from './harness/views.ts';

const SIZES = { redis: 3, sentinel: 3 };
const LIMIT_MS = 8 * 60_000;
const PASSWORD = 'correct-horse';
/** Of another Debian than the default, so that it shows which image the pods have. */
const IMAGE = 'redis:7.0.15';
const EXPORTER = { enabled: true, image: EXPORTER_IMAGE, imagePullPolicy: 'IfNotPresent' } as const;

/** What 1.3.0-rc1 left, with everything: a password, volumes, exporters, labels of which one is let through, configuration. */
const RICH = 'rc1';
/** What 1.2.4 left with the same. */
const OLD = 'v124-rich';
const OLD_SIZES = { redis: 2, sentinel: 1 };
/** What 1.2.4 left, as plain as it can be. */
const PLAIN = 'v124';
/** What is done to a healthy failover: docs/migration.md says so. */
const HARMLESS =
  /^(apply|label|inherit-labels|rank|require-replicas|configure-\w+|authenticate-sentinel|patch-claim|delete-object PodDisruptionBudget\/.*) /;

/** Needs new pods and changes nothing else. */
const ROLL: RedisFailoverSpec = { redis: { tolerations: [{ key: 'nothing-has-this', operator: 'Exists' }] } };

const get = <T>(namespace: string, kind: string, name: string): Promise<T> =>
  kubectlJson<T>(['get', kind, name, '--namespace', namespace]);

/** Of the StatefulSet and of the Deployment. */
const templatesOf = async ({ namespace, name }: FailoverKey): Promise<readonly (PodTemplateSpec | undefined)[]> => [
  (await get<StatefulSet>(namespace, 'statefulset', `rfr-${name}`)).spec?.template,
  (await get<Deployment>(namespace, 'deployment', `rfs-${name}`)).spec?.template,
];

const containersOf = (template: PodTemplateSpec | undefined): readonly string[] =>
  (template?.spec?.containers ?? []).map(({ name }) => name);

/** Resolves when all pods have exactly these of the labels `team` and `build`. */
const requireOnPods = (failover: FailoverKey, expected: Readonly<Record<string, string>>): Promise<void> =>
  eventually(`pods of ${failover.name} are labelled ${JSON.stringify(expected)}`, 30_000, async () => {
    for (const { name, labels } of await podsOf(failover)) {
      const known = Object.entries(labels).filter(([key]) => ['team', 'build'].includes(key));
      assert.deepEqual(Object.fromEntries(known), expected, name);
    }
  });

/** Resolves when the operator has said in the status what it would do. */
const observed = (failover: FailoverKey): Promise<void> =>
  eventually(`what would be done to ${failover.name} is said`, 60_000, async () => {
    const { reason, message } = freshCondition(await getFailover(failover), 'Observed');
    assert.equal(reason, 'WouldAct', message);
    if (failover.name === PLAIN) assert.match(message, /label rfr-v124-\d.*monitor rfs-v124-/);
  });

/** Every Redis has the last key that was written for it before the takeover. */
const requireInherited = async (failover: FailoverKey, sizes: Sizes): Promise<void> => {
  const { master, replicas } = await settled(failover, sizes);
  for (const { name } of [master, ...replicas]) {
    assert.equal(await redisCli(failover, name, 'GET', 'inherited:199'), '199', name);
  }
};

describe('a takeover from spotahome', () => {
  let namespace = '';
  let load: Load;
  let pods: readonly string[] = [];
  let inherited: ReadonlyMap<string, unknown> = new Map();
  let touchedByObserver: readonly string[] = [];
  let templates: readonly (PodTemplateSpec | undefined)[] = [];
  const rich = (): FailoverKey => ({ namespace, name: RICH });
  const old = (): FailoverKey => ({ namespace, name: OLD });
  const plain = (): FailoverKey => ({ namespace, name: PLAIN });
  const all = (): readonly FailoverKey[] => [rich(), old(), plain()];
  const add = (sentence: string, body: () => Promise<void>): void => {
    test(sentence, { timeout: LIMIT_MS }, () => dumpedOnFailure(sentence, all(), body));
  };

  before(
    async () => {
      await ensureOperator();
      namespace = await createNamespace('takeover');
      // Pods that spotahome made are not admitted as restricted.
      await kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce-']);
      await dumpedOnFailure('inheriting', all(), () => withoutOperator(inheritAndObserve));
    },
    { timeout: LIMIT_MS },
  );
  after(() => deleteNamespace(namespace));

  const inheritAndObserve = async (): Promise<void> => {
    await inheritAll();
    inherited = await stateOfAll();
    await whileObserving(async () => {
      await Promise.all(all().map(observed));
      touchedByObserver = touched(inherited, await stateOfAll());
    });
  };

  const stateOfAll = async (): Promise<ReadonlyMap<string, unknown>> =>
    new Map((await Promise.all(all().map(touchableOf))).flatMap((state) => [...state]));

  const inheritAll = async (): Promise<void> => {
    const login = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password: PASSWORD } };
    await apply(namespace, [login]);
    const [, { master: oldMaster }, { master, replicas, sentinels }] = await Promise.all([
      inheritRich(rich(), { sizes: SIZES, release: 'v1.3.0-rc1' }),
      inheritRich(old(), { sizes: OLD_SIZES, release: 'v1.2.4' }),
      inheritPlain(),
    ]);
    load = await startLoad(rich(), { secret: 'login' });
    const keys = Array.from({ length: 200 }, (_, index) => `SET inherited:${index} ${index}`);
    await redisSession(plain(), master.name, [...keys, 'WAIT 2 10000']);
    await redisSession(old(), oldMaster.name, [...keys, 'WAIT 1 10000']);
    await leaveStale({ replicas, sentinels });
    pods = await survivors();
    templates = await templatesOfBoth();
  };

  /** What an operator that died leaves: a Sentinel that the others remember, a pod without its role, one with a wrong role. */
  const leaveStale = async ({ replicas, sentinels }: Pick<Inherited, 'replicas' | 'sentinels'>): Promise<void> => {
    const [ghost, witness] = sentinels;
    const [unlabelled, mislabelled] = replicas;
    assert.ok(ghost && witness && unlabelled && mislabelled);
    await eventually('its peers know the Sentinel that goes', 30_000, () => requirePeer(witness, ghost));
    await deletePods(namespace, [ghost.name], { graceSeconds: 0 });
    const label = ['label', 'pod', '--namespace', namespace, '--overwrite'];
    await kubectl([...label, unlabelled.name, 'redisfailovers-role-']);
    await kubectl([...label, mislabelled.name, 'redisfailovers-role=master']);
    await requirePeer(witness, ghost);
    await eventually('another Sentinel runs in its place', 60_000, async () => {
      const others = await podsOf(plain(), 'sentinel');
      assert.ok(others.length === SIZES.sentinel && others.every(({ ip, deleting }) => ip !== '' && !deleting));
      for (const { name } of others) await sentinelCli(plain(), name, 'MASTERS');
    });
  };

  /** All but the Sentinels of which one was lost. */
  const survivors = async (): Promise<readonly string[]> =>
    identities([...(await podsOf(rich())), ...(await podsOf(old())), ...(await podsOf(plain(), 'redis'))]);

  const templatesOfBoth = async (): Promise<readonly (PodTemplateSpec | undefined)[]> => [
    ...(await templatesOf(rich())),
    ...(await templatesOf(old())),
  ];

  const requirePeer = async (sentinel: PodView, peer: PodView): Promise<void> => {
    assert.ok((await sentinelCli(plain(), sentinel.name, 'SENTINELS', 'mymaster')).includes(peer.ip), 'it is unknown');
  };

  type Left = { readonly sizes: Sizes; readonly release: Release };

  const inheritRich = (failover: FailoverKey, { sizes, release }: Left): Promise<Inherited> => {
    const manifest = failoverOf(failover, sizes, {
      auth: { secretPath: 'login' },
      labelWhitelist: ['^tea'],
      redis: { image: IMAGE, storage: onVolumes, customConfig: ['maxmemory 64mb', 'save ""'], exporter: EXPORTER },
      sentinel: {
        image: IMAGE,
        customConfig: ['down-after-milliseconds 4000', 'failover-timeout 10000'],
        exporter: EXPORTER,
      },
    });
    const labelled = { ...manifest, metadata: { ...manifest.metadata, labels: { team: 'blue', build: '17' } } };
    return inherit(labelled, { release, password: PASSWORD });
  };
  const inheritPlain = () =>
    inherit(failoverOf(plain(), SIZES, { redis: { image: IMAGE }, sentinel: { image: IMAGE } }), { release: 'v1.2.4' });

  add('an operator that only observes says what it would do, and touches nothing', async () => {
    assert.deepEqual(touchedByObserver, []);
    for (const failover of [rich(), old()]) {
      const told = (await eventsOf(failover, 'WouldAct')).map(({ message }) => message);
      assert.ok(told.length > 0, 'no Event says so');
      const others = told.filter((message) => !HARMLESS.test(message) || message.includes('pods would be replaced'));
      assert.deepEqual(others, []);
    }
  });

  add('once it manages all is healthy, no pod was restarted or replaced, and nobody failed over', async () => {
    const { master } = await settled(rich(), SIZES);
    const { master: oldMaster } = await settled(old(), OLD_SIZES);
    await settled(plain(), SIZES);
    assert.deepEqual([master.name, oldMaster.name], [`rfr-${RICH}-0`, `rfr-${OLD}-0`]);
    assert.deepEqual(await survivors(), pods);
    const changed = touched(inherited, await stateOfAll());
    for (const one of [/^Service rfrm-v124$/, /^Pod rfr-v124-\d$/, /^process rfs-v124-\w+-/])
      assert.ok(
        changed.some((name) => one.test(name)),
        `${one} was to be touched`,
      );
    for (const failover of all()) {
      const { conditions = [] } = (await getFailover(failover)).status ?? {};
      assert.ok(!conditions.some(({ type }) => type === 'Observed'), `${failover.name} is said to be only observed`);
    }
  });

  add('every write is there, before and during the takeover', async () => {
    requireNothingLost({ summaries: await stopLoad(load) });
    await requireInherited(plain(), SIZES);
    await requireInherited(old(), OLD_SIZES);
  });

  add('budgets and Services are ours, and what pods start from is as it was', async () => {
    for (const { name } of [rich(), old()]) {
      const budget = await get<PodDisruptionBudget>(namespace, 'poddisruptionbudget', `rfr-${name}`);
      assert.deepEqual([budget.spec?.minAvailable, budget.spec?.maxUnavailable], [undefined, 1]);
      assert.equal(budget.spec?.selector?.matchLabels?.['team'], undefined);
      const { data = {}, metadata } = await get<ConfigMap>(namespace, 'configmap', `rfr-${name}`);
      assert.match(data['redis.conf'] ?? '', /requirepass/);
      assert.deepEqual([metadata?.labels?.['team'], metadata?.labels?.['build']], ['blue', undefined]);
    }
    assert.deepEqual(await templatesOfBoth(), templates);
    assert.equal(templates[0]?.metadata?.labels?.['team'], 'blue');
  });

  if (isLocal()) {
    add('a process of the old template that is killed comes back with its password and its data', async () => {
      const { replicas } = await settled(rich(), SIZES);
      const pod = replicas[0]?.name ?? '';
      await signalContainer({ namespace, pod, container: 'redis', signal: 'SIGKILL' });
      await settled(rich(), SIZES);
      assert.match(await redisCli(rich(), pod, 'GET', 'e2e:nothing'), /^$/);
    });
  }

  add('a label that is removed goes from the pods, also from one made anew from the old template', async () => {
    const { replicas } = await settled(rich(), SIZES);
    const label = ['label', '--namespace', namespace, '--overwrite', `redisfailovers.${GROUP}/${RICH}`];
    await requireOnPods(rich(), { team: 'blue' });
    await kubectl([...label, 'team-']);
    await requireOnPods(rich(), {});
    await deletePods(namespace, [replicas[0]?.name ?? '']);
    await settled(rich(), SIZES);
    await requireOnPods(rich(), {});
    await kubectl([...label, 'team=blue']);
    await requireOnPods(rich(), { team: 'blue' });
    assert.deepEqual(await templatesOfBoth(), templates);
  });

  add(
    'a changed field rolls the pods to our template: nothing is lost, and the password leaves the config map',
    async () => {
      const outcome = await underLoad(rich(), {
        sizes: SIZES,
        secret: 'login',
        disturb: () => Promise.all([rich(), old()].map((failover) => changeSpec(failover, ROLL))),
      });
      requireNothingLost(outcome);
      await requireRolled(rich());
      await requireOnPods(rich(), { team: 'blue' });
      await eventually('the other is rolled', 180_000, () => requireRolled(old()));
      await requireInherited(old(), OLD_SIZES);
    },
  );

  const requireRolled = async (failover: FailoverKey): Promise<void> => {
    const kept = identities(await podsOf(failover, 'redis')).filter((pod) => pods.includes(pod));
    assert.deepEqual(kept, [], 'these pods are still from the old template');
    const { data = {} } = await get<ConfigMap>(namespace, 'configmap', `rfr-${failover.name}`);
    assert.doesNotMatch(Object.values(data).join('\n'), new RegExp(PASSWORD));
    const [ofRedis, ofSentinel] = await templatesOf(failover);
    const exporters = [...containersOf(ofRedis), ...containersOf(ofSentinel)].filter((name) =>
      name.endsWith('exporter'),
    );
    assert.deepEqual(exporters, ['redis-exporter', 'sentinel-exporter']);
  };
});
