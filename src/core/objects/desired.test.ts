import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { APPLIED_HASH } from './applied-hash.ts';
import { desiredObjects, undesiredNames } from './desired.ts';
import { at, build, failover, keyOf, madeStatefulSet, type Options } from './fixtures.ts';
import { isRecord } from './json.ts';

const REDIS = 'StatefulSet/rfr-test spec.template.spec';
const SENTINEL = 'Deployment/rfs-test spec.template.spec';
const CLAIM = {
  metadata: { name: 'disk', labels: { tier: 'gold' }, annotations: { note: 'x' } },
  spec: { accessModes: ['ReadWriteOnce'] },
};
const OWNER = { apiVersion: 'databases.spotahome.com/v1', kind: 'RedisFailover', name: 'test', uid: 'failover-uid' };

describe('desired objects', () => {
  test('what a pod mounts comes before the pod', () => {
    assert.deepEqual(build({ spec: { auth: { secretPath: 'login' } }, login: { password: 'secret' } }).map(keyOf), [
      ...['rfr-test', 'rfr-s-test', 'rfr-readiness-test', 'rfs-test'].map((name) => `ConfigMap/${name}`),
      'Secret/rfr-test',
      ...['rfr-test', 'rfrm-test', 'rfrs-test', 'rfs-test'].map((name) => `Service/${name}`),
      'PodDisruptionBudget/rfr-test',
      'PodDisruptionBudget/rfs-test',
      'StatefulSet/rfr-test',
      'Deployment/rfs-test',
    ]);
  });

  test('every object carries our labels, the user’s beside them, one controlling owner and its hash', () => {
    const user = { team: 'blue', 'app.kubernetes.io/managed-by': 'Helm', 'app.kubernetes.io/part-of': 'shop' };
    const everything = desiredObjects({
      failover: failover({ auth: { secretPath: 'login' } }, user),
      redisReplicas: 3,
      login: { password: 'secret' },
    });
    for (const { metadata } of everything) {
      const labels = new Map(Object.entries(metadata?.labels ?? {}));
      assert.match(labels.get('app.kubernetes.io/component') ?? '', /^(redis|sentinel)$/);
      assert.equal(labels.get('team'), 'blue');
      assert.equal(labels.get('app.kubernetes.io/managed-by'), 'redis-operator');
      assert.equal(labels.get('app.kubernetes.io/part-of'), 'test');
      assert.deepEqual(metadata?.ownerReferences, [{ ...OWNER, controller: true, blockOwnerDeletion: true }]);
      assert.equal(metadata?.namespace, 'space');
      assert.match(metadata?.annotations?.[APPLIED_HASH] ?? '', /^[0-9a-f]{16}$/);
    }
  });

  test('the user’s labels are in no selector and in no pod template', () => {
    const labelled = desiredObjects({ failover: failover({}, { team: 'blue' }), redisReplicas: 3 });
    for (const object of labelled) assert.doesNotMatch(JSON.stringify('spec' in object ? object.spec : {}), /blue/);
  });

  test('the password is in the Secret and nowhere else', () => {
    const objects = build({ spec: { auth: { secretPath: 'login' } }, login: { password: 'hunter2' } });
    for (const object of objects) assert.doesNotMatch(JSON.stringify(object), /hunter2/);
  });

  test('a password of Sentinels is in the Secret and nowhere else, that of clients nowhere at all', () => {
    const sentinelLogin = { own: { password: 'hunter2', sha256: 'ab12' }, clientsSha256: 'cd34' };
    const objects = build({ spec: { auth: { sentinelSecretPath: 'login' } }, sentinelLogin });
    for (const object of objects) assert.doesNotMatch(JSON.stringify(object), /hunter2/);
    const secret = objects.find(({ kind }) => kind === 'Secret');
    assert.ok(secret !== undefined && 'data' in secret && isRecord(secret.data));
    assert.match(atob(String(secret.data['login.conf'])), /^user default on #cd34 [^\n]*\nuser \S+ on #ab12 /);
    assert.equal(atob(String(secret.data['password'])), 'hunter2');
  });

  test('without Sentinels there is no Secret for them', () => {
    const sentinelLogin = { own: { password: 'hunter2', sha256: 'ab12' }, clientsSha256: 'cd34' };
    const spec = { auth: { sentinelSecretPath: 'login' }, sentinel: { enabled: false } };
    assert.ok(!build({ spec, sentinelLogin }).some(({ kind }) => kind === 'Secret'));
  });

  test('without the user’s Secret there is nothing to render, and what was rendered stays', () => {
    const spec = { auth: { secretPath: 'login' } };
    assert.ok(!build({ spec }).some(({ kind }) => kind === 'Secret'));
    assert.ok(!undesiredNames({ failover: failover(spec), redisReplicas: 3 }).includes('Secret/rfr-test'));
  });

  test('pods may do what the restricted level allows and no more', () => {
    for (const pod of [REDIS, SENTINEL]) {
      assert.equal(at(build(), `${pod}.automountServiceAccountToken`), false);
      assert.equal(at(build(), `${pod}.securityContext.runAsNonRoot`), true);
      assert.deepEqual(at(build(), `${pod}.containers.0.securityContext.capabilities`), { drop: ['ALL'] });
      assert.equal(at(build(), `${pod}.containers.0.securityContext.readOnlyRootFilesystem`), true);
    }
  });
});

/** Changes that no pod has to be replaced for. */
const SAME_PODS: Readonly<Record<string, Options>> = {
  'other replicas': { redisReplicas: 5, spec: { redis: { replicas: 5 }, sentinel: { replicas: 5 } } },
  'other configuration': {
    spec: { redis: { customConfig: ['appendonly yes'] }, sentinel: { customConfig: ['parallel-syncs 2'] } },
  },
  'a claim beside a live StatefulSet without one': {
    spec: { redis: { storage: { persistentVolumeClaim: CLAIM } } },
    liveStatefulSet: madeStatefulSet([]),
  },
  'kept volumes': { spec: { redis: { storage: { keepAfterDeletion: true } } } },
};

const templates = (options: Options) =>
  ['StatefulSet/rfr-test', 'Deployment/rfs-test'].map((key) => at(build(options), `${key} spec.template`));

describe('pod templates', () => {
  for (const [sentence, options] of Object.entries(SAME_PODS)) {
    test(`${sentence}: no new pods`, () => assert.deepEqual(templates(options), templates({})));
  }

  test('another password: no new pods', () => {
    const spec = { auth: { secretPath: 'login' } };
    assert.deepEqual(templates({ spec, login: { password: 'new' } }), templates({ spec, login: { password: 'old' } }));
  });

  test('no hash in them, so that an upgraded operator restarts nothing', () => {
    assert.doesNotMatch(JSON.stringify(templates({})), /applied-hash/);
  });
});

/** What may be left from an earlier spec. */
const UNDESIRED: Readonly<Record<string, readonly [input: Options, names: readonly string[]]>> = {
  'without authentication its Secret goes': [{ spec: {} }, ['Secret/rfr-test']],
  'with authentication it stays': [{ spec: { auth: { secretPath: 'login' } } }, []],
  'a single Redis has no budget': [
    { spec: { redis: { replicas: 1 } }, redisReplicas: 1 },
    ['Secret/rfr-test', 'PodDisruptionBudget/rfr-test'],
  ],
  'with a second one for a roll it has': [
    { spec: { redis: { replicas: 1 } }, redisReplicas: 2, surge: 'true' },
    ['Secret/rfr-test'],
  ],
  'a single Sentinel has no budget': [
    { spec: { sentinel: { replicas: 1 } } },
    ['Secret/rfr-test', 'PodDisruptionBudget/rfs-test'],
  ],
};

describe('undesired objects', () => {
  for (const [sentence, [input, names]] of Object.entries(UNDESIRED)) {
    test(sentence, () => {
      assert.deepEqual(undesiredNames({ failover: failover(input.spec), redisReplicas: 3, ...input }), names);
      const built = new Set(build(input).map(keyOf));
      assert.ok(names.every((name) => !built.has(name)));
    });
  }
});

const file = (place: string, key: string, options: Options = {}) => {
  const data = at(build(options), `${place} data`);
  return isRecord(data) ? String(data[key]) : '';
};

describe('files', () => {
  test('redis.conf, with what customConfig wants from the start', () => {
    const options = {
      spec: { redis: { port: 7000, customConfig: ['maxmemory 1gb', 'timeout 5', 'maxmemory-policy nonsense'] } },
    };
    const lines = file('ConfigMap/rfr-test', 'redis-without-login.conf', options).split('\n').slice(1);
    const boot = ['replicaof 127.0.0.1 7000', 'port 7000', 'protected-mode no', 'tcp-keepalive 60', 'dir /data'];
    const custom = [
      'save 900 1',
      'save 300 10',
      'repl-backlog-size 16mb',
      'repl-diskless-sync-delay 1',
      'maxmemory 1gb',
    ];
    assert.deepEqual(lines, [...boot, ...custom, '']);
  });

  test('the variant with a login only adds the login', () => {
    const [plain, login] = ['redis-without-login.conf', 'redis-with-login.conf'].map((key) =>
      file('ConfigMap/rfr-test', key),
    );
    assert.equal(login, `${plain}include /redis-login/auth.conf\n`);
  });

  test('sentinel.conf, without a master', () => {
    const [, ...lines] = file('ConfigMap/rfs-test', 'sentinel.conf').split('\n');
    assert.deepEqual(lines, ['port 26379', 'dir /redis', 'protected-mode no', '']);
  });

  test('the preStop script asks the Sentinels of its own failover', () => {
    assert.match(file('ConfigMap/rfr-s-test', 'shutdown.sh'), /-h rfs-test -p 26379 SENTINEL "\$@" mymaster/);
  });
});
