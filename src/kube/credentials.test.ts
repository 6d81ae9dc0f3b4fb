import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Credentials } from './credentials.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'credentials-'));
});

afterEach(async () => {
  mock.timers.reset();
  await rm(directory, { recursive: true });
});

const load = (user: object, cluster: object = {}): Credentials => {
  const credentials = new Credentials();
  const config = {
    clusters: [{ name: 'c', cluster: { server: 'https://kubernetes.example:6443', ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  credentials.loadFromString(JSON.stringify(config));
  return credentials;
};

test('a service account token is read again after a minute, on the same connections', async () => {
  mock.timers.enable({ apis: ['Date'], now: 0 });
  const tokenFile = join(directory, 'token');
  await writeFile(tokenFile, 'first');
  const credentials = load({ 'auth-provider': { name: 'tokenFile', config: { tokenFile } } });
  const before = await credentials.authorize();
  await writeFile(tokenFile, 'second');
  mock.timers.tick(61_000);
  const after = await credentials.authorize();
  assert.equal(before.headers['Authorization'], 'Bearer first');
  assert.equal(after.headers['Authorization'], 'Bearer second');
  assert.equal(after.dispatcher, before.dispatcher);
});

test('a certificate that is replaced on disk gets new connections', async () => {
  const [certificate, key] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  await writeFile(certificate, 'first');
  await writeFile(key, 'key');
  const credentials = load({ 'client-certificate': certificate, 'client-key': key });
  const first = await credentials.authorize();
  assert.equal((await credentials.authorize()).dispatcher, first.dispatcher);
  await writeFile(certificate, 'second');
  const second = await credentials.authorize();
  assert.notEqual(second.dispatcher, first.dispatcher);
  assert.equal((await credentials.authorize()).dispatcher, second.dispatcher);
});

test('an exec plugin runs once for requests that start together', async () => {
  const status = { token: 'from-plugin', expirationTimestamp: '2000-01-01T00:00:00Z' };
  const log = join(directory, 'runs');
  const script = `echo run >> ${log}; echo '${JSON.stringify({ kind: 'ExecCredential', status })}'`;
  const credentials = load({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', script] },
  });
  const answers = await Promise.all([credentials.authorize(), credentials.authorize()]);
  assert.deepEqual(
    answers.map(({ headers }) => headers['Authorization']),
    ['Bearer from-plugin', 'Bearer from-plugin'],
  );
  assert.equal(await readFile(log, 'utf8'), 'run\n');
  await credentials.authorize();
  assert.equal(await readFile(log, 'utf8'), 'run\nrun\n', 'the credential has expired');
});

test('a kubeconfig without a cluster says so', async () => {
  const credentials = new Credentials();
  credentials.loadFromString('{}');
  await assert.rejects(credentials.authorize(), /no current cluster/);
});
