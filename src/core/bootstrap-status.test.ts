/** What the status of a failover that follows a Redis outside says, and which objects it has. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ADDRESS,
  blank,
  FOLLOWERS,
  follower,
  following,
  left,
  promoted,
  promotedByHand,
  SOURCE,
  SYNCED,
  seenWith,
  TOLD,
  unlinked,
} from './bootstrap-fixtures.ts';
import { decide } from './decide.ts';
import { statusAfter } from './decide-summary.ts';
import { booted, FAILOVER, observation, redisPod, unreachable } from './fixtures.ts';
import type { Observation, RedisAnswer, RedisPod } from './observation.ts';

const condition = (seen: Observation, type: string): string => {
  const found = statusAfter(seen).conditions?.find((one) => one.type === type);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
};

const recheck = (redis: readonly RedisPod[]): number | undefined => decide(following({ redis })).plan.recheckMs;

describe('a failover that follows a source is looked at', () => {
  test('often while a pod connects', () => assert.equal(recheck([follower(0), booted(1)]), 1_000));
  test('seldom otherwise', () => assert.equal(recheck(FOLLOWERS), 5_000));
  test('and seldom while the source is gone', () => assert.equal(recheck([unlinked(0), unlinked(1)]), 5_000));
});

describe('the status of a failover that follows a source', () => {
  test('names it from the first pass on', () => {
    const { bootstrap, phase, master } = statusAfter(following({ status: {}, redis: [] }));
    assert.deepEqual({ bootstrap, phase, master }, { bootstrap: TOLD, phase: 'Pending', master: undefined });
  });

  test('is Ready when all have its data, with a reason of its own', () => {
    const seen = following({ redis: FOLLOWERS });
    const { bootstrap, phase, master, elected, sentinel } = statusAfter(seen);
    assert.deepEqual([bootstrap, phase, master, elected], [SYNCED, 'Ready', undefined, undefined]);
    assert.equal(sentinel?.summary, '0/0');
    assert.match(condition(seen, 'Ready'), /^True FollowsSource: every pod has the data of 192[.]0[.]2[.]1:7000/);
    assert.equal(
      condition(seen, 'MasterAvailable'),
      `True FollowsSource: the master is outside of this failover: ${ADDRESS}`,
    );
    assert.match(condition(seen, 'SentinelsAgree'), /^True/);
    assert.match(condition(seen, 'Degraded'), /^False/);
  });

  test('says when the first pod had its data', () => {
    const { bootstrap } = statusAfter(
      following({ status: { bootstrap: TOLD }, redis: [follower(0), unlinked(1, blank)] }),
    );
    assert.deepEqual(bootstrap, { source: ADDRESS, inSync: '1/3', since: '2026-01-01T00:10:00Z' });
  });

  test('is degraded without the source, and names it, the pods and what they lack', () => {
    const seen = following({ redis: [0, 1, 2].map((ordinal) => unlinked(ordinal)) });
    assert.equal(statusAfter(seen).phase, 'Degraded');
    assert.match(
      condition(seen, 'Degraded'),
      /^True SourceUnreachable: rfr-test-0 has no connection to the source 192[.]0[.]2[.]1:7000: its link is down; rfr-test-1/,
    );
    assert.match(condition(seen, 'Ready'), /^False SourceUnreachable: waiting for rfr-test-0 to be in sync with 192/);
    assert.match(condition(seen, 'MasterAvailable'), /^Unknown Waiting: waiting for rfr-test-0 to be in sync/);
  });

  test('does not complain of a link that is about to come up', () => {
    const seen = following({ redis: [follower(0), unlinked(1, { linkDownSeconds: 1 }), follower(2)] });
    assert.match(condition(seen, 'Degraded'), /^False/);
  });

  test('names the field of a Secret that is missing', () => {
    const seen = following({
      node: { secretPath: 'absent' },
      redis: [booted(0)],
      sourceLogin: { kind: 'missing', message: 'Secret absent does not exist' },
    });
    assert.match(
      condition(seen, 'Degraded'),
      /SecretMissing: spec[.]bootstrapNode[.]secretPath: Secret absent does not/,
    );
  });

  test('names data at risk, and what to do about it', () => {
    const seen = following({ redis: [follower(0), promotedByHand(1, 1500), follower(2)] });
    assert.match(
      condition(seen, 'Degraded'),
      /^True DataAtRisk: rfr-test-1 holds data of its own .*REPLICAOF 192[.]0[.]2[.]1 7000/,
    );
    assert.match(condition(seen, 'Ready'), /^False DataAtRisk: waiting for rfr-test-1 to follow/);
  });

  test('names what cannot be followed', () => {
    const seen = following({ node: { host: '', port: 'redis' }, redis: [booted(0)] });
    assert.match(
      condition(seen, 'Degraded'),
      /SourceInvalid: spec[.]bootstrapNode[.]host .*spec[.]bootstrapNode[.]port/,
    );
  });

  test('refuses a hand-over', () => {
    const { failover, ...rest } = following({ redis: FOLLOWERS });
    const annotations = { 'databases.spotahome.com/hand-over-to': 'rfr-test-1' };
    const asked = { ...rest, failover: { ...failover, metadata: { ...failover.metadata, annotations } } };
    assert.equal(statusAfter(asked).handOver?.state, 'Refused');
  });

  test('of one that has a master says that the field is ignored', () => {
    const { redis, sentinels } = observation();
    const seen = seenWith({ node: SOURCE, status: FAILOVER.status ?? {}, redis, sentinels });
    assert.match(condition(seen, 'Degraded'), /^True SourceIgnored: spec[.]bootstrapNode is ignored/);
    assert.match(condition(seen, 'Ready'), /^True Healthy/);
    assert.equal(statusAfter(seen).master?.pod, 'rfr-test-0');
  });

  test('keeps the source until every pod has left it', () => {
    const master = { pod: 'rfr-test-0', address: '', replicationId: 'history' };
    const after = (login: RedisAnswer['upstreamLogin'], answer: Partial<RedisAnswer> = {}): Observation =>
      left({
        status: { bootstrap: SYNCED, master },
        redis: [redisPod(0), redisPod(1), redisPod(2, { answer: { upstreamLogin: login, ...answer } })],
        sentinels: observation().sentinels,
      });
    assert.deepEqual(statusAfter(after('wrong')).bootstrap, SYNCED);
    assert.equal(statusAfter(after('right')).bootstrap, undefined);
    const silent = left({
      status: { bootstrap: SYNCED, master },
      redis: [redisPod(0), redisPod(1, { answer: unreachable('timeout') })],
    });
    assert.deepEqual(statusAfter(silent).bootstrap, SYNCED);
  });

  test('counts no failover for the first master', () => {
    const seen = left({ redis: [promoted(0), follower(1), follower(2)] });
    const { failovers, master } = statusAfter(seen);
    assert.deepEqual([failovers, master?.pod], [[], 'rfr-test-0']);
  });
});

const names = {
  deployment: { metadata: { name: 'rfs-test' } },
  others: new Map([['Service/rfs-test', { kind: 'Service', apiVersion: 'v1', metadata: { name: 'rfs-test' } }]]),
};
const removed = (seen: Observation): readonly string[] =>
  decide(seen).plan.actions.flatMap((action) =>
    action.kind === 'delete-object' ? [action.object.metadata?.name ?? ''] : [],
  );
const applied = (seen: Observation): readonly string[] =>
  decide(seen).plan.actions.flatMap((action) =>
    action.kind === 'apply' ? [`${action.object.kind}/${action.object.metadata?.name}`] : [],
  );

describe('the Sentinels of a failover that follows a source', () => {
  test('are removed where they are not allowed', () => {
    const seen = following({ redis: FOLLOWERS, children: { ...observation().children, ...names } });
    assert.deepEqual(removed(seen), ['rfs-test', 'rfs-test']);
    assert.ok(!applied(seen).includes('Deployment/rfs-test'));
  });

  test('are there where they are', () => {
    const seen = following({
      node: { allowSentinels: true },
      redis: FOLLOWERS,
      children: { ...observation().children, ...names },
    });
    assert.deepEqual(removed(seen), []);
    assert.ok(applied(seen).includes('Deployment/rfs-test'));
  });

  test('come when the field is removed', () => {
    assert.ok(applied(left({ redis: FOLLOWERS })).includes('Deployment/rfs-test'));
  });

  test('stay away where the spec wants none, whatever is allowed', () => {
    const seen = following({
      spec: { sentinel: { enabled: false } },
      node: { allowSentinels: true },
      redis: FOLLOWERS,
    });
    assert.ok(!applied(seen).includes('Deployment/rfs-test'));
  });
});
