/**
 * Our CRD in the place of the one that spotahome's operator left behind: no RedisFailover is lost on the way, whichever way it
 * is done, and those that ours would refuse are served all the same. Under names of its own, because a CRD is everybody's.
 */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { SCHEMA_VERSION_ANNOTATION } from '../../src/api/schema-version.ts';
import { systemRandom } from '../../src/system.ts';
import { CHART } from '../chart/rendered.ts';
import { connect, helm, kubectl, type Reply, type Server } from './crd-api.ts';
import { namesFor, ourCrd, predecessorCrd } from './predecessor-crd.ts';

const id = systemRandom.uuid().slice(0, 8);
const names = namesFor(id);
const namespace = `takeover-${id}`;
const crdName = `${names.plural}.${names.group}`;
const objects = `/apis/${names.group}/v1/namespaces/${namespace}/${names.plural}`;
const crdPath = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crdName}`;

const LIMIT_MS = 20_000;

type Legacy = { readonly spec: object; readonly says: string };

/** What the old CRD stored and ours would refuse if it were written now, and the words it is refused with. */
const LEGACY: Readonly<Record<string, Legacy>> = {
  zeros: { spec: { redis: { replicas: 0, port: 0 }, sentinel: { replicas: 0 } }, says: 'greater than or equal to 1' },
  'too-many': { spec: { redis: { replicas: 101 } }, says: 'less than or equal to 100' },
  'odd-line': { spec: { redis: { customConfig: ['malformed'] } }, says: 'must be one line' },
  'our-line': { spec: { redis: { customConfig: ['masterauth x'] } }, says: 'the operator sets this parameter' },
  'sentinel-port': { spec: { redis: { port: 26_379 } }, says: 'must not be 26379' },
  'no-image': { spec: { redis: { image: '' } }, says: 'spec.redis.image' },
  'more-than-limit': {
    spec: { redis: { resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } } },
    says: 'must not be more than the limits',
  },
  'unknown-field': { spec: { redis: { nonsense: 1 } }, says: 'unknown field' },
};

let server: Server;
const chart = mkdtempSync(join(tmpdir(), 'takeover-'));

const replace = (crd: object): string => kubectl(['replace', '-f', '-'], stringify(crd));
const exists = async (): Promise<boolean> => (await server.send({ method: 'GET', path: crdPath })).code === 200;
const isOurs = async (): Promise<boolean> =>
  (await server.send({ method: 'GET', path: crdPath })).metadata?.annotations?.[SCHEMA_VERSION_ANNOTATION] !==
  undefined;
const upgrade = (...more: readonly string[]): string =>
  helm(['upgrade', '--install', 'takeover', chart, '--namespace', namespace, '--set', 'replicas=0', ...more]);
const uninstall = (): string => helm(['uninstall', 'takeover', '--namespace', namespace, '--ignore-not-found']);
const manifest = (name: string, spec: object): object => ({
  apiVersion: `${names.group}/v1`,
  kind: names.kind,
  metadata: { name },
  spec,
});

const remove = (): void => {
  uninstall();
  kubectl(['delete', 'crd', crdName, '--ignore-not-found', '--timeout=15s']);
};

/** A moment after its CRD the kind can be asked for. */
const established = async (): Promise<void> => {
  const limit = AbortSignal.timeout(LIMIT_MS);
  for (;;) {
    const { code } = await server.send({ method: 'GET', path: objects });
    if (code === 200) return;
    assert.ok(!limit.aborted, `${objects} is not served: ${code}`);
  }
};

const installPredecessor = async (): Promise<void> => {
  kubectl(['create', '-f', '-'], stringify(predecessorCrd(names)));
  await established();
};

const store = async (name: string, spec: object): Promise<string> => {
  const { code, message, metadata } = await server.send({ method: 'POST', path: objects, body: manifest(name, spec) });
  assert.equal(code, 201, message);
  return metadata?.uid ?? '';
};

const read = (name: string): Promise<Reply> => server.send({ method: 'GET', path: `${objects}/${name}` });

/** The API server takes a moment to serve the new schema: a status is kept from then on. */
const served = async (name: string): Promise<void> => {
  const limit = AbortSignal.timeout(LIMIT_MS);
  for (;;) {
    const path = `${objects}/${name}/status`;
    const { code } = await server.send({ method: 'PATCH', path, body: { status: { phase: 'Ready' } } });
    if (code === 200) return;
    assert.ok(!limit.aborted, `the status subresource is not served: ${code}`);
  }
};

/** As docs/migration.md has it copied. */
const copyOf = (kind: string, indent: string, ...where: readonly string[]): string =>
  kubectl(['get', kind, ...where, '-o', 'yaml']).replaceAll(new RegExp(`^${indent}resourceVersion: .*\n`, 'gm'), '');

/** The old schema, too, takes a moment to be served. */
const restored = async (failovers: string, spec: object): Promise<void> => {
  const limit = AbortSignal.timeout(LIMIT_MS);
  for (;;) {
    kubectl(['replace', '-f', '-'], failovers);
    const { spec: found } = await read('back');
    if (isDeepStrictEqual(found, spec)) return;
    assert.ok(!limit.aborted, JSON.stringify(found));
  }
};

before(async () => {
  cpSync(CHART, chart, { recursive: true });
  writeFileSync(join(chart, 'files', 'redisfailovers.yaml'), stringify(ourCrd(names)));
  server = await connect();
  await server.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
});

after(async () => {
  remove();
  await server.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
  server.stop();
  rmSync(chart, { recursive: true });
});

describe('a CRD that spotahome left behind', () => {
  beforeEach(async () => {
    remove();
    await installPredecessor();
  });

  test('is left alone by the chart, replaced by kubectl, and never deleted by Helm', async () => {
    const uid = await store('kept', {});
    upgrade();
    assert.equal(await isOurs(), false);
    replace(ourCrd(names));
    await served('kept');
    upgrade();
    uninstall();
    assert.equal(await isOurs(), true);
    const { metadata, status } = await read('kept');
    assert.deepEqual([metadata?.uid, status?.phase], [uid, 'Ready']);
  });

  test('can be put back, and the failovers from a copy: with fields that ours does not have, without its defaults', async () => {
    const spec = { redis: { nonsense: 1 }, sentinel: {} };
    const uid = await store('back', spec);
    const [crd, failovers] = [copyOf('crd', '  ', crdName), copyOf(crdName, '    ', '--namespace', namespace)];
    replace(ourCrd(names));
    await served('back');
    assert.notDeepEqual((await read('back')).spec, spec);
    kubectl(['replace', '-f', '-'], crd);
    await restored(failovers, spec);
    assert.equal((await read('back')).metadata?.uid, uid);
  });

  test('may have stored what ours refuses: it is read, its status is written, and the rest of it may be edited', async () => {
    const uids = new Map<string, string>();
    for (const [name, { spec }] of Object.entries(LEGACY)) uids.set(name, await store(name, spec));
    replace(ourCrd(names));
    await served('zeros');
    for (const [name, { spec, says }] of Object.entries(LEGACY)) {
      const path = `${objects}/${name}`;
      const written = await server.send({
        method: 'PATCH',
        path: `${path}/status`,
        body: { status: { phase: 'Ready' } },
      });
      assert.equal(written.code, 200, `${name}: ${written.message}`);
      assert.equal(written.metadata?.uid, uids.get(name));
      const edit = { spec: { sentinel: { nodeSelector: { disk: 'ssd' } } } };
      const edited = await server.send({ method: 'PATCH', path, body: edit });
      assert.equal(edited.code, 200, `${name}: ${edited.message}`);
      const anew = `${objects}?dryRun=All&fieldValidation=Strict`;
      const refused = await server.send({ method: 'POST', path: anew, body: manifest(`${name}-anew`, spec) });
      assert.ok(refused.code >= 400 && refused.message.includes(says), `${name}: ${refused.code} ${refused.message}`);
    }
  });
});

describe('a CRD that a release installed', () => {
  beforeEach(remove);

  test('survives upgrades after it was replaced by hand, and is brought up to date by them', async () => {
    upgrade();
    await established();
    const uid = await store('kept', {});
    replace(predecessorCrd(names));
    upgrade();
    assert.equal(await isOurs(), true);
    replace(ourCrd(names));
    upgrade('--set', 'crds.install=false');
    assert.equal((await read('kept')).metadata?.uid, uid);
  });

  test('is not deleted by an upgrade that leaves it out: that is refused where nothing on the CRD keeps it', async () => {
    upgrade();
    await established();
    const uid = await store('kept', {});
    replace(predecessorCrd(names));
    assert.throws(
      () => upgrade('--set', 'crds.install=false'),
      /would delete the CRD[\s\S]*helm.sh\/resource-policy=keep/,
    );
    assert.equal((await read('kept')).metadata?.uid, uid);
    uninstall();
    assert.equal(await exists(), true);
    assert.equal((await read('kept')).metadata?.uid, uid);
  });
});
