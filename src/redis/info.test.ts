import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseInfo, parseRedisFacts } from './info.ts';

const MASTER = [
  '# Server',
  'redis_version:7.0.15',
  'run_id:8c2d3b',
  'uptime_in_seconds:2',
  'config_file:/data/redis.conf',
  '',
  '# Persistence',
  'loading:0',
  'async_loading:0',
  'rdb_last_save_time:1795385337',
  'rdb_bgsave_in_progress:0',
  'rdb_last_bgsave_status:err',
  'aof_enabled:1',
  '',
  '# Replication',
  'role:master',
  'connected_slaves:2',
  'slave0:ip=10.0.0.2,port=6379,state=online,offset=140,lag=1',
  'slave1:ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0',
  'master_replid:aaaa',
  'master_replid2:bbbb',
  'master_repl_offset:154',
  'second_repl_offset:99',
  '',
  '# Keyspace',
  'db0:keys=10,expires=1,avg_ttl=0',
  'db3:keys=5,expires=0,avg_ttl=0,subexpiry=0',
  '',
].join('\r\n');

const REPLICA = [
  'redis_version:8.0.2',
  'run_id:77',
  'loading:0',
  'role:slave',
  'master_host:10.0.0.1',
  'master_port:6379',
  'master_link_status:down',
  'master_last_io_seconds_ago:-1',
  'master_sync_in_progress:1',
  'slave_repl_offset:100',
  'slave_priority:50',
  'master_replid:aaaa',
  'master_repl_offset:100',
].join('\r\n');

describe('the facts of INFO', () => {
  test('a master tells its replicas that are online, its history and its keys', () => {
    const facts = parseRedisFacts(MASTER);
    assert.equal(facts.role, 'master');
    assert.equal(facts.masterLinkStatus, undefined);
    assert.deepEqual(facts.connectedReplicas, [{ ip: '10.0.0.2', port: 6379, offset: 140, lagSeconds: 1 }]);
    assert.deepEqual([facts.replicationId, facts.secondReplicationId, facts.secondOffset], ['aaaa', 'bbbb', 99]);
    assert.deepEqual([facts.offset, facts.keys], [154, 15]);
    assert.equal(facts.backgroundSave, 'failed');
  });

  test('a replica tells whom it follows and how far it is', () => {
    const facts = parseRedisFacts(REPLICA);
    assert.deepEqual([facts.role, facts.masterHost, facts.masterPort], ['replica', '10.0.0.1', 6379]);
    assert.deepEqual([facts.masterLinkStatus, facts.masterSyncInProgress], ['down', true]);
    assert.deepEqual([facts.offset, facts.replicaPriority, facts.keys], [100, 50, 0]);
  });

  test('a master that requires replicas to write tells how many count', () => {
    const requiring = MASTER.replace('connected_slaves:2', 'connected_slaves:2\r\nmin_slaves_good_slaves:1');
    assert.deepEqual([parseRedisFacts(requiring).goodReplicas, parseRedisFacts(MASTER).goodReplicas], [1, undefined]);
  });

  test('a process tells how long it runs, from which file, and what it saves', () => {
    const { uptimeSeconds, configFile, rdbLastSaveAt, aofEnabled } = parseRedisFacts(MASTER);
    assert.deepEqual(
      [uptimeSeconds, configFile, rdbLastSaveAt, aofEnabled],
      [2, '/data/redis.conf', 1_795_385_337_000, true],
    );
  });

  test('a replica tells when it last heard from its master, unless the link is down', () => {
    const linked = REPLICA.replace('seconds_ago:-1', 'seconds_ago:7');
    assert.deepEqual(
      [REPLICA, linked, MASTER].map((text) => parseRedisFacts(text).masterLastIoSecondsAgo),
      [undefined, 7, undefined],
    );
  });

  test('a Redis that loads its data set says so', () => {
    assert.equal(parseRedisFacts(REPLICA.replace('loading:0', 'loading:1')).loading, true);
  });

  test('Valkey tells its own version', () => {
    assert.equal(parseRedisFacts(`${REPLICA}\r\nvalkey_version:8.1.1`).version, '8.1.1');
  });

  test('values may hold colons, and lines without one are left out', () => {
    assert.deepEqual([...parseInfo('# X\r\na:b:c\r\nnonsense\r\n')], [['a', 'b:c']]);
  });

  test('a text without a role is refused', () => {
    assert.throws(() => parseRedisFacts('redis_version:7'), { code: 'protocol' });
  });
});
