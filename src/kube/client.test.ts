import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { SimClock } from '../../sim/clock.ts';
import type { KubeObject, Resource, WatchEvent } from '../ports.ts';
import { createKubeApi, type KubeApiOptions, type KubeConnection } from './client.ts';
import { hasCode } from './errors.ts';
import type { RequestInfo } from './transport.ts';

const PODS: Resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const key = { namespace: 'default', name: 'a' };
const signal = AbortSignal.timeout(20_000);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let answer: Answer = (_, response) => response.end('{}');
let connections = 0;
const server = createServer((request, response) => answer(request, response)).on('connection', () => {
  connections += 1;
});
let directory = '';
let open: KubeConnection[] = [];

beforeEach(async () => {
  connections = 0;
  directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await Promise.all(open.map((api) => api.close()));
  open = [];
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

/** A client whose kubeconfig has this user, of a server behind this path. */
const connect = async (
  options: Partial<KubeApiOptions> = {},
  { user = {}, path = '' }: { user?: object; path?: string } = {},
): Promise<KubeConnection> => {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const kubeconfig = join(directory, 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${address.port}${path}`, 'insecure-skip-tls-verify': true };
  const config = {
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  await writeFile(kubeconfig, JSON.stringify(config));
  const defaults = { kubeconfig, fieldManager: 'tester', clock: new SimClock(), requestTimeoutMs: 1000 };
  const api = createKubeApi({ ...defaults, ...options });
  open.push(api);
  return api;
};

const json =
  (status: number, body: object): Answer =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

test('requests that follow each other share connections', async () => {
  const api = await connect();
  for (let requests = 0; requests < 100; requests += 1) await api.get(PODS, key, signal);
  // Two, because undici takes a connection back a moment after it hands over the end of an answer.
  assert.ok(connections <= 2, `${connections} connections`);
});

test('the server may live behind a path, and learns who asks and in which format', async () => {
  const seen: (string | undefined)[] = [];
  answer = ({ method, url, headers }, response) => {
    seen.push(method, url, headers['user-agent'], headers.authorization);
    response.end('{}');
  };
  const api = await connect({}, { path: '/proxy/', user: { token: 'sesame' } });
  await api.get(PODS, key, signal);
  assert.deepEqual(seen, ['GET', '/proxy/api/v1/namespaces/default/pods/a', 'tester', 'Bearer sesame']);
});

test('a body is sent as the content type that the verb asks for', async () => {
  const seen: (string | undefined)[] = [];
  answer = ({ method, headers }, response) => {
    seen.push(`${method} ${headers['content-type']}`);
    response.end('{}');
  };
  const api = await connect();
  const object = { metadata: key };
  await api.apply(PODS, object, signal);
  await api.create(PODS, object, signal);
  await api.replace(PODS, object, signal);
  await api.mergePatch(PODS, { ...key, patch: {} }, signal);
  await api.delete(PODS, key, signal);
  assert.deepEqual(seen, [
    'PATCH application/apply-patch+yaml',
    'POST application/json',
    'PUT application/json',
    'PATCH application/merge-patch+json',
    'DELETE application/json',
  ]);
});

test('a long list comes in pages', async () => {
  answer = ({ url = '' }, response) => {
    const isSecond = new URL(url, 'http://x').searchParams.get('continue') === 'more';
    const metadata = isSecond ? { resourceVersion: '7' } : { resourceVersion: '7', continue: 'more' };
    response.end(JSON.stringify({ metadata, items: [{ metadata: { name: isSecond ? 'b' : 'a' } }] }));
  };
  const api = await connect();
  const { items, resourceVersion } = await api.list(PODS, {}, signal);
  assert.deepEqual(
    items.map(({ metadata }) => metadata?.name),
    ['a', 'b'],
  );
  assert.equal(resourceVersion, '7');
});

test('a missing object is undefined, a missing kind is an error', async () => {
  const api = await connect();
  answer = json(404, { kind: 'Status', reason: 'NotFound' });
  assert.equal(await api.get(PODS, key, signal), undefined);
  assert.equal(await api.delete(PODS, key, signal), false);
  answer = (_, response) => response.writeHead(404).end('404 page not found');
  await assert.rejects(api.get(PODS, key, signal), (error) => hasCode(error, 'not-found'));
});

test('a server that does not answer in time is a timeout', async () => {
  const clock = new SimClock();
  const api = await connect({ clock });
  const arrived = Promise.withResolvers<void>();
  answer = () => arrived.resolve();
  const failed = assert.rejects(api.get(PODS, key, signal), (error) => hasCode(error, 'timeout'));
  await arrived.promise;
  await clock.advance(1000);
  await failed;
});

test('a server that stops in the middle of its answer is a timeout', async () => {
  const clock = new SimClock();
  const api = await connect({ clock });
  const arrived = Promise.withResolvers<void>();
  answer = (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{');
    arrived.resolve();
  };
  const failed = assert.rejects(api.get(PODS, key, signal), (error) => hasCode(error, 'timeout'));
  await arrived.promise;
  await clock.advance(1000);
  await failed;
});

test('a server that hangs up or is not there is unreachable', async () => {
  const api = await connect();
  answer = ({ socket }) => socket.destroy();
  await assert.rejects(api.get(PODS, key, signal), (error) => hasCode(error, 'unreachable'));
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(api.get(PODS, key, signal), (error) => hasCode(error, 'unreachable'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

test('a request that its caller ends rejects with the reason', async () => {
  const api = await connect();
  const controller = new AbortController();
  const reason = new Error('enough');
  answer = () => controller.abort(reason);
  await assert.rejects(api.get(PODS, key, controller.signal), reason);
});

test('every request is told, with its outcome', async () => {
  const told: Omit<RequestInfo, 'durationMs'>[] = [];
  const api = await connect({ onRequest: ({ verb, resource, status }) => told.push({ verb, resource, status }) });
  answer = json(200, {});
  await api.get(PODS, key, signal);
  answer = json(409, { kind: 'Status', reason: 'Conflict' });
  await assert.rejects(api.replace(PODS, { metadata: key }, signal));
  answer = ({ socket }) => socket.destroy();
  await assert.rejects(api.get(PODS, key, signal));
  assert.deepEqual(told, [
    { verb: 'get', resource: 'pods', status: 200 },
    { verb: 'replace', resource: 'pods', status: 409 },
    { verb: 'get', resource: 'pods', status: 0 },
  ]);
});

const watchEvents = (api: KubeConnection): Promise<WatchEvent<KubeObject>[]> =>
  Array.fromAsync(api.watch(PODS, { resourceVersion: '7' }, signal));

test('a watch yields one event a line until the server ends it', async () => {
  const query: [string, string][] = [];
  answer = ({ url = '' }, response) => {
    query.push(...new URL(url, 'http://x').searchParams);
    const [first, second] = [
      { type: 'ADDED', object: { metadata: { name: 'ä' } } },
      { type: 'BOOKMARK', object: {} },
    ];
    response.end(`${JSON.stringify(first)}\n${JSON.stringify(second)}\n`);
  };
  const events = await watchEvents(await connect());
  assert.deepEqual(
    events.map(({ type }) => type),
    ['ADDED', 'BOOKMARK'],
  );
  assert.partialDeepStrictEqual(Object.fromEntries(query), {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: '7',
    timeoutSeconds: '290',
  });
});

test('a watch outlives the request timeout, but not an idle connection', async () => {
  const clock = new SimClock();
  const api = await connect({ clock, watchIdleTimeoutMs: 60_000 });
  answer = (_, response) => {
    response.write(`${JSON.stringify({ type: 'ADDED', object: {} })}\n`);
  };
  const events = api.watch(PODS, { resourceVersion: '7' }, signal)[Symbol.asyncIterator]();
  await events.next();
  const next = events.next();
  const failed = assert.rejects(next, (error) => hasCode(error, 'timeout'));
  await clock.advance(59_000);
  assert.equal(await Promise.race([next, Promise.resolve('open')]), 'open');
  await clock.advance(1000);
  await failed;
});

test('a watch that breaks off is unreachable, and one that is refused says why', async () => {
  const api = await connect();
  answer = (_, response) => {
    response.write('{"type":"ADD', () => response.destroy());
  };
  await assert.rejects(watchEvents(api), (error) => hasCode(error, 'unreachable'));
  answer = json(410, { kind: 'Status', reason: 'Expired' });
  await assert.rejects(watchEvents(api), (error) => hasCode(error, 'gone'));
});

test('a watch that its reader leaves closes its connection', async () => {
  const closed = Promise.withResolvers<void>();
  answer = (_, response) => {
    response.on('close', closed.resolve);
    response.write(`${JSON.stringify({ type: 'ADDED', object: {} })}\n`);
  };
  const api = await connect();
  for await (const event of api.watch(PODS, { resourceVersion: '7' }, signal)) {
    assert.equal(event.type, 'ADDED');
    break;
  }
  await closed.promise;
});
