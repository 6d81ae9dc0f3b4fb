import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSentinelMaster, parseSentinelPeers, parseSentinelReplicas } from './sentinel-replies.ts';

/** A flat reply as Redis 7.0.15 sent it; fields on which nothing depends are left out. */
const flat = (fields: Readonly<Record<string, string>>): string[] => Object.entries(fields).flat();

const MASTER = {
  name: 'mymaster',
  ip: '10.0.0.1',
  port: '6379',
  runid: 'fc482a5064882c8085e53efef3269aefc84d0b1e',
  flags: 'master',
  'last-ok-ping-reply': '1057',
  'down-after-milliseconds': '30000',
  'info-refresh': '2096',
  'role-reported': 'master',
  'config-epoch': '3',
  'num-slaves': '1',
  'num-other-sentinels': '2',
  quorum: '2',
  'failover-timeout': '180000',
  'parallel-syncs': '1',
};

const REPLICA = {
  name: '10.0.0.2:6379',
  ip: '10.0.0.2',
  port: '6379',
  runid: 'f46fd7072819675d40cab8be1f2dab7109cb1c2d',
  flags: 'slave',
  'last-ok-ping-reply': '1005',
  'info-refresh': '2044',
  'master-link-status': 'ok',
  'master-host': '10.0.0.1',
  'master-port': '6379',
  'slave-priority': '100',
  'slave-repl-offset': '318',
};

const PEER = {
  name: 'c4aa2621200bb3a725010c6a7b84c1daf823b0fa',
  ip: '10.0.0.7',
  port: '26379',
  runid: 'c4aa2621200bb3a725010c6a7b84c1daf823b0fa',
  flags: 'sentinel,disconnected',
  'last-ok-ping-reply': '25',
  'last-hello-message': '15',
};

describe('what a Sentinel says of a master', () => {
  test('its address, settings and what is known around it', () => {
    assert.deepEqual(parseSentinelMaster(flat(MASTER)), {
      ip: '10.0.0.1',
      port: 6379,
      runId: 'fc482a5064882c8085e53efef3269aefc84d0b1e',
      flags: ['master'],
      lastOkPingReplyMs: 1057,
      configEpoch: 3,
      quorum: 2,
      downAfterMs: 30_000,
      failoverTimeoutMs: 180_000,
      parallelSyncs: 1,
      knownReplicas: 1,
      knownSentinels: 2,
      failoverState: undefined,
      roleReported: 'master',
      infoRefreshMs: 2096,
    });
  });

  test('a failover it leads, and that it is down', () => {
    const master = parseSentinelMaster(
      flat({
        ...MASTER,
        flags: 's_down,o_down,master,failover_in_progress',
        'failover-state': 'wait_promotion',
      }),
    );
    assert.deepEqual(master.flags, ['s_down', 'o_down', 'master', 'failover_in_progress']);
    assert.equal(master.failoverState, 'wait_promotion');
  });

  test('a master that restarted as a replica reports another role', () => {
    assert.equal(parseSentinelMaster(flat({ ...MASTER, 'role-reported': 'slave' })).roleReported, 'replica');
  });

  test('anything but a list is refused', () => {
    assert.throws(() => parseSentinelMaster('OK'), { code: 'protocol' });
  });
});

describe('what a Sentinel says of replicas', () => {
  test('whom they follow and how far they are', () => {
    assert.deepEqual(parseSentinelReplicas([flat(REPLICA)]), [
      {
        ip: '10.0.0.2',
        port: 6379,
        runId: 'f46fd7072819675d40cab8be1f2dab7109cb1c2d',
        flags: ['slave'],
        lastOkPingReplyMs: 1005,
        masterHost: '10.0.0.1',
        masterPort: 6379,
        masterLinkUp: true,
        priority: 100,
        offset: 318,
        infoRefreshMs: 2044,
        downForMs: undefined,
      },
    ]);
  });

  test('one it has never spoken with follows nobody it knows of', () => {
    const [replica] = parseSentinelReplicas([
      flat({
        ...REPLICA,
        runid: '',
        flags: 's_down,slave,disconnected',
        's-down-time': '4321',
        'info-refresh': '0',
        'master-link-status': 'err',
        'master-host': '?',
        'master-port': '0',
      }),
    ]);
    assert.deepEqual([replica?.masterHost, replica?.masterPort, replica?.masterLinkUp], [undefined, undefined, false]);
    assert.deepEqual([replica?.runId, replica?.infoRefreshMs, replica?.downForMs], ['', 0, 4321]);
  });

  test('that there are none', () => {
    assert.deepEqual(parseSentinelReplicas([]), []);
  });
});

describe('what a Sentinel says of other Sentinels', () => {
  test('who they are and when it last heard of them', () => {
    assert.deepEqual(parseSentinelPeers([flat(PEER)]), [
      {
        ip: '10.0.0.7',
        port: 26379,
        runId: 'c4aa2621200bb3a725010c6a7b84c1daf823b0fa',
        flags: ['sentinel', 'disconnected'],
        lastOkPingReplyMs: 25,
        lastHelloMessageMs: 15,
      },
    ]);
  });
});
