import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countRequests } from './audit.ts';

const COUNTED = { userAgent: 'redis-operator', namespace: 'bench' };

const entry = (changes: object): string =>
  JSON.stringify({
    stage: 'ResponseComplete',
    verb: 'get',
    userAgent: 'redis-operator/v1 (linux/amd64)',
    objectRef: { resource: 'pods', namespace: 'bench' },
    ...changes,
  });

const LOG = [
  entry({}),
  entry({ verb: 'list', objectRef: { resource: 'redisfailovers' } }),
  entry({ verb: 'patch' }),
  entry({ verb: 'create', objectRef: { resource: 'events', namespace: 'bench' } }),
  entry({ verb: 'update', objectRef: { resource: 'leases', namespace: 'default' } }),
  entry({ verb: 'watch' }),
  entry({ verb: 'get', stage: 'ResponseStarted' }),
  entry({ verb: 'patch', objectRef: { resource: 'pods', namespace: 'elsewhere' } }),
  entry({ verb: 'patch', userAgent: 'kubectl/v1.34.4' }),
  entry({ verb: 'patch', userAgent: undefined }),
  entry({}).slice(0, -9),
  '',
].join('\n');

describe("the API server's audit log", () => {
  test('tells reads, writes and lease requests of one operator about one namespace', () => {
    assert.deepEqual(countRequests(LOG, COUNTED), { reads: 2, writes: 2, leases: 1 });
  });

  test('an operator that only watches has made no request', () => {
    assert.deepEqual(countRequests(entry({ verb: 'watch' }), COUNTED), { reads: 0, writes: 0, leases: 0 });
  });
});
