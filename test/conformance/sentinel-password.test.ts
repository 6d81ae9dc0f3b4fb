/** A password of Sentinels switched on, changed and switched off beside real Sentinels, by the rules and actions themselves. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { INTERNAL_USER } from '../../src/api/names.ts';
import { decide } from '../../src/core/decide.ts';
import { observation, sentinelPod } from '../../src/core/fixtures.ts';
import { failover } from '../../src/core/objects/fixtures.ts';
import { sentinelSecret } from '../../src/core/objects/sentinel-secret.ts';
import type { SentinelAccess } from '../../src/core/observation.ts';
import { sentinelLogins } from '../../src/core/sentinel-access.ts';
import { guardSentinel } from '../../src/operator/act-guard.ts';
import { credentialsOf } from '../../src/operator/internal-login.ts';
import { accessFacts } from '../../src/operator/sentinel-access.ts';
import { readSentinelAcl } from '../../src/redis/acl.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import { Link, type LinkLogin } from '../../src/redis/links.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { eventually, type RedisProcess, redis, replicaOf, startRedis, stopAll } from './redis-process.ts';

const LIMIT_MS = 2_000;
const OWN = { ...credentialsOf('0123456789abcdef'), since: 0 };
const RENEWED = { ...credentialsOf('fedcba9876543210'), since: 0 };
const FIRST = 'pass "word" \\ é #1';
const SECOND = 'another';
const asking = (password: string, own: NonNullable<SentinelAccess['own']> = OWN): SentinelAccess => ({
  clients: { kind: 'password', ...credentialsOf(password) },
  own,
});
const OFF: SentinelAccess = { clients: { kind: 'none' }, own: OWN };

const dialer = createRedisDialer({ clock: systemClock, clientName: 'conformance' });
const links: Link[] = [];
const nothing = (): void => undefined;
const linkTo = (port: number, logins: readonly LinkLogin[]): Link => {
  const link = new Link({
    endpoint: { host: '127.0.0.1', port },
    dialer,
    clock: systemClock,
    random: systemRandom,
    logins,
    timeoutMs: LIMIT_MS,
    onLost: nothing,
    onRestored: nothing,
  });
  links.push(link);
  return link;
};

afterEach(async () => {
  for (const link of links.splice(0)) link.close();
  await stopAll();
});

/** A Sentinel and whether its pod started with the login. */
type Member = { readonly process: RedisProcess; readonly mounts: boolean };

/** What a new pod starts with. */
const start = async (access: SentinelAccess): Promise<Member> => {
  const { clients, own } = access;
  if (clients.kind !== 'password' || own === undefined)
    return { process: await startRedis({ sentinel: true, config: ['protected-mode no'] }), mounts: false };
  const { data } = sentinelSecret(failover(), { own, clientsSha256: clients.sha256 });
  const lines = Buffer.from(data?.['login.conf'] ?? '', 'base64').toString('utf8');
  return { process: await startRedis({ sentinel: true, config: ['protected-mode no', lines] }), mounts: true };
};

const loggedIn = (access: SentinelAccess, { process, mounts }: Member): Link =>
  linkTo(process.port, sentinelLogins(access, { mountsSentinelLogin: mounts }));

const watch = async (access: SentinelAccess, member: Member, master: { readonly port: number }): Promise<void> => {
  const link = loggedIn(access, member);
  await link.call(['SENTINEL', 'MONITOR', 'mymaster', '127.0.0.1', String(master.port), '2'], LIMIT_MS);
  // Votes may be split, and then soon they are cast again.
  const settings = ['down-after-milliseconds', '1000', 'failover-timeout', '2000'];
  await link.call(['SENTINEL', 'SET', 'mymaster', ...settings], LIMIT_MS);
};

/** Does what the rules ask for until they ask for nothing; after each pass everybody must still be able to elect. */
const guard = async (access: SentinelAccess, members: readonly Member[]): Promise<readonly string[]> => {
  const taken: string[] = [];
  for (;;) {
    const actions = await pass(access, members);
    if (actions.length === 0) return taken;
    taken.push(...actions);
    await ableToElect(access, members);
  }
};

const pass = async (access: SentinelAccess, members: readonly Member[]): Promise<readonly string[]> => {
  const sentinels = await Promise.all(
    members.map(async (member, index) => {
      const acl = await readSentinelAcl(loggedIn(access, member), INTERNAL_USER, LIMIT_MS);
      assert.ok(acl !== undefined && access.own !== undefined);
      return sentinelPod(index, {
        mountsSentinelLogin: member.mounts,
        answer: { access: accessFacts(acl, access.own) },
      });
    }),
  );
  const { situation, plan } = decide(observation({ sentinelAccess: access, sentinels }));
  const connections = {
    sentinel: (_key: string, { uid, logins }: { readonly uid: string; readonly logins: readonly LinkLogin[] }) =>
      linkTo(members[sentinels.findIndex((pod) => pod.uid === uid)]?.process.port ?? 0, logins),
  };
  const actions = plan.actions.flatMap((action) => (action.kind === 'guard-sentinel' ? [action] : []));
  for (const action of actions) await guardSentinel({ connections }, { key: 'space/test', situation }, action);
  return actions.map(({ target, steps }) => `${target.pod.at(-1)} ${steps.join(' ')}`);
};

/** Everybody reaches everybody else, as each of them finds out by its pings. */
const ableToElect = (access: SentinelAccess, members: readonly Member[]): Promise<void> =>
  eventually(
    'all Sentinels reach each other',
    async () => {
      const said = await Promise.all(
        members.map((member) => loggedIn(access, member).call(['SENTINEL', 'SENTINELS', 'mymaster'], LIMIT_MS)),
      );
      return said.every((peers) => {
        const known = Array.isArray(peers) ? peers.map(String) : [];
        return known.length === members.length - 1 && !known.some((peer) => /s_down|disconnected/.test(peer));
      });
    },
    20_000,
  );

/** What PING says to a client. */
const ping = (process: RedisProcess, password?: string): Promise<string> =>
  process.call(...(password === undefined ? [] : ['--no-auth-warning', '-a', password]), 'PING');

/** The process that follows one that was killed, from the file that it left. */
const restarted = async (process: RedisProcess): Promise<RedisProcess> => {
  process.signal('SIGKILL');
  await eventually('it is gone', async () => (await ping(process)).startsWith('Could not connect'));
  return startRedis({ sentinel: true, config: [], port: process.port, directory: process.directory, again: true });
};

const world = async (access: SentinelAccess) => {
  const master = await redis();
  const replica = await replicaOf(master);
  const members = [await start(access), await start(access), await start(access)];
  for (const member of members) await watch(access, member, master);
  await ableToElect(access, members);
  return { master, replica, members };
};

describe('a password of Sentinels', () => {
  test('a new pod asks clients for theirs, whatever is in it, and keeps to that after a restart', async () => {
    const { process } = await start(asking(FIRST));
    const require = async (one: RedisProcess): Promise<void> => {
      assert.match(await ping(one), /NOAUTH/);
      assert.match(await one.call('SENTINEL', 'MASTERS'), /NOAUTH/);
      assert.match(await ping(one, SECOND), /WRONGPASS/);
      assert.equal(await ping(one, FIRST), 'PONG');
    };
    await require(process);
    await linkTo(process.port, [{ password: FIRST }]).call(['SENTINEL', 'FLUSHCONFIG'], LIMIT_MS);
    await require(await restarted(process));
  });

  test('switched on, those that run and those to come work together at every step, and elect', async () => {
    const access = asking(FIRST);
    const { master, replica, members } = await world(OFF);
    assert.deepEqual(await guard(access, members), ['0 admit', '1 admit', '2 admit', '0 use', '1 use', '2 use']);
    assert.equal(await ping(members[0]?.process ?? master), 'PONG');
    const [first, ...rest] = members;
    const renewed = [...rest, await start(access)];
    for (const member of renewed.slice(2)) await watch(access, member, master);
    await ableToElect(access, [...members, ...renewed.slice(2)]);
    assert.deepEqual(await guard(access, [...members, ...renewed.slice(2)]), []);
    await first?.process.stop();
    await master.stop();
    await eventually('they elect', async () => (await replica.call('ROLE')).startsWith('master'), 30_000);
  });

  test('another password of clients holds at once, also after a restart, and nobody else notices', async () => {
    const { members } = await world(asking(FIRST));
    assert.deepEqual(await guard(asking(SECOND), members), ['0 close', '1 close', '2 close']);
    for (const { process } of members) {
      assert.match(await ping(process, FIRST), /WRONGPASS/);
      assert.equal(await ping(await restarted(process), SECOND), 'PONG');
      assert.match(await ping(process, FIRST), /WRONGPASS/);
    }
  });

  test('another password of the internal user is spread and the earlier one revoked', async () => {
    const { members } = await world(asking(FIRST));
    const access = asking(FIRST, RENEWED);
    const steps = ['admit', 'use', 'revoke'].flatMap((step) => [0, 1, 2].map((index) => `${index} ${step}`));
    assert.deepEqual(await guard(access, members), steps);
    const [one] = members;
    assert.ok(one !== undefined);
    const said = await one.process.call('--no-auth-warning', '--user', INTERNAL_USER, '-a', OWN.password, 'PING');
    assert.match(said, /WRONGPASS/);
  });

  test('switched off, those that run let in those to come', async () => {
    const { master, replica, members } = await world(asking(FIRST));
    assert.deepEqual(await guard(OFF, members), ['0 open', '1 open', '2 open']);
    const later = await start({ clients: { kind: 'none' }, own: undefined });
    await watch(OFF, later, master);
    await ableToElect(OFF, [...members, later]);
    await members[0]?.process.stop();
    await master.stop();
    await eventually('they elect', async () => (await replica.call('ROLE')).startsWith('master'), 30_000);
  });

  test('switched off, those that run from before it was on forget what they were told, also after a restart', async () => {
    const { members } = await world(OFF);
    await guard(asking(FIRST), members);
    assert.deepEqual(await guard(OFF, members), ['0 forget', '1 forget', '2 forget']);
    const [one] = members;
    assert.ok(one !== undefined);
    assert.doesNotMatch(await (await restarted(one.process)).call('ACL', 'LIST'), new RegExp(INTERNAL_USER));
  });
});
