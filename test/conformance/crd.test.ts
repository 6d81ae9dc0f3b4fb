/** The CRD on a real API server: what it accepts, what it refuses in which words, what it fills in, what may change. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { redisFailoverCrd } from '../../src/api/crd.ts';
import { REDIS_DEFAULTS, SENTINEL_DEFAULTS } from '../../src/api/defaults.ts';
import { API_VERSION, KIND } from '../../src/api/names.ts';
import { systemRandom } from '../../src/system.ts';
import { connect, kubectl, type Reply, type Server } from './crd-api.ts';
import { ACCEPTED, REFUSED, type Written } from './crd-cases.ts';
import { CHANGES } from './crd-changes.ts';

const namespace = `crd-${systemRandom.uuid().slice(0, 8)}`;
const NAMESPACES = '/api/v1/namespaces';
const FAILOVERS = `/apis/${API_VERSION}/namespaces/${namespace}/redisfailovers`;
const STRICT_DRY_RUN = 'dryRun=All&fieldValidation=Strict';

const COLUMNS = 'NAME PHASE REDIS SENTINELS MASTER AGE ADDRESS VERSION FAILOVER SINCE PROBLEM MESSAGE'.split(' ');

let server: Server;

before(async () => {
  kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], stringify(redisFailoverCrd()));
  kubectl(['wait', '--for=condition=Established', `crd/${redisFailoverCrd().metadata.name}`, '--timeout=20s']);
  server = await connect();
  await server.send({ method: 'POST', path: NAMESPACES, body: { metadata: { name: namespace } } });
  // An operator that serves this cluster must not start what is stored here.
  const quota = { metadata: { name: 'nothing-runs' }, spec: { hard: { pods: '0' } } };
  await server.send({ method: 'POST', path: `${NAMESPACES}/${namespace}/resourcequotas`, body: quota });
});

after(async () => {
  await server.send({ method: 'DELETE', path: `${NAMESPACES}/${namespace}` });
  server.stop();
});

const manifest = (written: Written): object => ({ apiVersion: API_VERSION, kind: KIND, ...written });

const dryRun = (written: Written): Promise<Reply> =>
  server.send({ method: 'POST', path: `${FAILOVERS}?${STRICT_DRY_RUN}`, body: manifest(written) });

const store = async (written: Written): Promise<void> => {
  const { code, message } = await server.send({ method: 'POST', path: FAILOVERS, body: manifest(written) });
  assert.equal(code, 201, message);
};

const assertRefused = ({ code, message }: Reply, says: readonly string[]): void => {
  assert.equal(code, 422, message);
  for (const words of says) assert.ok(message.includes(words), `"${words}" is not in: ${message}`);
};

describe('the API server accepts', () => {
  for (const [sentence, written] of Object.entries(ACCEPTED)) {
    test(sentence, async () => {
      const { code, message } = await dryRun(written);
      assert.equal(code, 201, message);
    });
  }
});

describe('the API server refuses and names the field of', () => {
  for (const [sentence, { written, says }] of Object.entries(REFUSED)) {
    test(sentence, async () => assertRefused(await dryRun(written), says));
  }

  test('a field that does not exist, where validation is strict', async () => {
    const { code, message } = await dryRun({ metadata: { name: 'written' }, spec: { redis: { replica: 3 } } });
    assert.equal(code, 400);
    assert.match(message, /unknown field "spec\.redis\.replica"/);
  });
});

describe('after creation', () => {
  for (const [sentence, { from, status, to, says }] of Object.entries(CHANGES)) {
    test(sentence, async () => {
      const name = `changed-${systemRandom.uuid().slice(0, 8)}`;
      await store({ metadata: { name }, spec: from });
      const path = `${FAILOVERS}/${name}`;
      if (status !== undefined) await server.send({ method: 'PATCH', path: `${path}/status`, body: { status } });
      const changed = await server.send({ method: 'PATCH', path: `${path}?${STRICT_DRY_RUN}`, body: { spec: to } });
      await server.send({ method: 'DELETE', path });
      if (says === undefined) assert.equal(changed.code, 200, changed.message);
      else assertRefused(changed, says);
    });
  }
});

const { image: _redisImage, ...redisDefaults } = REDIS_DEFAULTS;
const { image: _sentinelImage, ...sentinelDefaults } = SENTINEL_DEFAULTS;
/** Not the images: one that nobody named stays what it is. */
const FILLED_IN = { redis: redisDefaults, sentinel: sentinelDefaults };

describe('the API server fills in', () => {
  for (const sentence of ['no spec at all', 'an empty spec', 'empty redis and sentinel']) {
    test(`every default for ${sentence}`, async () => {
      const { spec } = await dryRun(ACCEPTED[sentence] ?? { metadata: { name: '' } });
      assert.deepEqual(spec, FILLED_IN);
    });
  }

  test('nothing that the user wrote', async () => {
    const { spec } = await dryRun({
      metadata: { name: 'written' },
      spec: { redis: { replicas: 5, port: 7000 }, sentinel: { customConfig: ['parallel-syncs 2'] } },
    });
    assert.deepEqual(spec, {
      redis: { ...FILLED_IN.redis, replicas: 5, port: 7000 },
      sentinel: { ...FILLED_IN.sentinel, customConfig: ['parallel-syncs 2'] },
    });
  });
});

describe('subresources', () => {
  const name = 'scaled';
  const path = `${FAILOVERS}/${name}`;

  before(() => store({ metadata: { name } }));

  test('scale reads and writes the number of Redis pods', async () => {
    const scale = { spec: { replicas: 5 } };
    const { code, message } = await server.send({ method: 'PATCH', path: `${path}/scale`, body: scale });
    assert.equal(code, 200, message);
    assert.equal((await server.send({ method: 'GET', path })).spec?.redis?.replicas, 5);
  });

  test('scale refuses what the spec would refuse', async () => {
    const scale = { spec: { replicas: 101 } };
    assertRefused(await server.send({ method: 'PATCH', path: `${path}/scale`, body: scale }), ['spec.redis.replicas']);
  });

  test('status is written apart from spec', async () => {
    const status = { phase: 'Ready', redis: { replicas: 5, ready: 4, summary: '4/5', selector: 'a=b' } };
    const body = { spec: { redis: { replicas: 1 } }, status };
    const written = await server.send({ method: 'PATCH', path: `${path}/status?dryRun=All`, body });
    assert.equal(written.code, 200, written.message);
    assert.deepEqual(written.status?.redis, status.redis);
    assert.equal(written.spec?.redis?.replicas, 5);
  });

  test('a phase that does not exist is refused', async () => {
    const body = { status: { phase: 'Fine' } };
    assertRefused(await server.send({ method: 'PATCH', path: `${path}/status?dryRun=All`, body }), ['status.phase']);
  });
});

describe('kubectl', () => {
  test('applies the CRD client-side, which small ones only can be', () => {
    const crd = { ...redisFailoverCrd() };
    const output = kubectl(['apply', '--dry-run=server', '-f', '-'], stringify(crd, { aliasDuplicateObjects: false }));
    assert.match(output, /redisfailovers\.databases\.spotahome\.com (configured|unchanged)/);
  });

  test('applies a RedisFailover and gets it by its short name with all its columns', () => {
    const written = manifest({ metadata: { name: 'applied' }, spec: { redis: { replicas: 1 } } });
    kubectl(['apply', '--validate=strict', '--namespace', namespace, '-f', '-'], stringify(written));
    const [header = ''] = kubectl(['get', 'rf', 'applied', '--namespace', namespace, '-o', 'wide']).split('\n');
    assert.deepEqual(header.trim().split(/\s+/), COLUMNS);
  });

  test('refuses an unknown field under --validate=strict', () => {
    const written = manifest({ metadata: { name: 'unknown' }, spec: { redis: { size: 1 } } });
    assert.throws(
      () => kubectl(['apply', '--validate=strict', '--namespace', namespace, '-f', '-'], stringify(written)),
      /unknown field "spec\.redis\.size"/,
    );
  });
});
