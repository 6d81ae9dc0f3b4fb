/** One failover of real processes on loopback for tests of the hand-over: three Redis, three Sentinels, a client that writes. */
import { watchAnew } from '../../src/operator/act-sentinel.ts';
import type { HandOver } from '../../src/operator/hand-over.ts';
import type { Endpoint } from '../../src/ports.ts';
import {
  type Caller,
  configSet,
  readRedisFacts,
  readSentinelFacts,
  replicaOf,
  sentinelInfoPeriod,
  sentinelMasterAddress,
  sentinelSet,
} from '../../src/redis/commands.ts';
import { createRedisDialer } from '../../src/redis/dialer.ts';
import { Link } from '../../src/redis/links.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { freePort, startRedis } from './redis-process.ts';

const LIMIT_MS = 1_000;
const NAME = 'mymaster';
const QUORUM = 2;
const dialer = createRedisDialer({ clock: systemClock, clientName: 'test' });

export type Instance = { readonly endpoint: Endpoint; readonly link: Link };

/** Each Redis has an address of its own, as pods have, and can be reached at 127.0.0.1 as well. */
export const startInstance = async (index: number, config: readonly string[], sentinel?: true): Promise<Instance> => {
  const [host, port] = [`127.0.0.${index + 2}`, await freePort()];
  await startRedis({ port, config: [`bind 127.0.0.1 ${host}`, ...config], ...(sentinel && { sentinel }) });
  return instanceAt({ host, port });
};

const instanceAt = (endpoint: Endpoint): Instance => ({ endpoint, link: linkTo(endpoint) });

const linkTo = (endpoint: Endpoint): Link =>
  new Link({
    endpoint,
    dialer,
    clock: systemClock,
    random: systemRandom,
    timeoutMs: LIMIT_MS,
    onLost: () => undefined,
    onRestored: () => undefined,
  });

export class World {
  readonly redis: readonly Instance[];
  readonly sentinels: readonly Instance[];

  private constructor(redis: readonly Instance[], sentinels: readonly Instance[]) {
    this.redis = redis;
    this.sentinels = sentinels;
  }

  /** Starts everything; the first Redis is master. */
  static async start(): Promise<World> {
    const hosts = [0, 1, 2];
    const redis = await Promise.all(
      hosts.map((index) =>
        startInstance(index, ['repl-diskless-sync-delay 0', `replica-announce-ip 127.0.0.${index + 2}`, 'save ""']),
      ),
    );
    const sentinels = await Promise.all(hosts.map((index) => startInstance(index, ['protected-mode no'], true)));
    const world = new World(redis, sentinels);
    const [first] = redis;
    if (first === undefined) throw new Error('no Redis');
    for (const { link } of sentinels) {
      await watchAnew(link, { master: first.endpoint, quorum: QUORUM, login: undefined });
      await sentinelInfoPeriod(link, 1_000, LIMIT_MS);
      for (const [option, value] of [
        ['down-after-milliseconds', '30000'],
        ['failover-timeout', '3000'],
      ] as const)
        await sentinelSet(link, { name: NAME, option, value }, LIMIT_MS);
    }
    await world.heal();
    return world;
  }

  /** What the operator's next passes do: the Redis that the Sentinels agree on is followed, and nobody stays fenced. */
  async heal(): Promise<Instance> {
    const master = await until(() => this.#agreed());
    const others = this.redis.filter((one) => one !== master);
    for (const { link } of others) await replicaOf(link, master.endpoint, LIMIT_MS);
    for (const { link } of this.redis)
      await configSet(link, { parameter: 'min-replicas-to-write', value: '0' }, LIMIT_MS);
    await until(async () => {
      const facts = await Promise.all(others.map(({ link }) => readRedisFacts(link, LIMIT_MS)));
      return facts.every((one) => one.masterLinkStatus === 'up') || undefined;
    });
    await until(async () => ((await this.#views()).every((view) => view.complete) ? true : undefined));
    return master;
  }

  /** The parts of a hand-over from `master`; `through` may stand in the way of any call. */
  handOver(master: Instance, through: (who: string, caller: Caller) => Caller): HandOver {
    const [leader] = this.sentinels;
    if (leader === undefined) throw new Error('no Sentinel');
    const sentinel = through('sentinel', leader.link);
    return {
      clock: systemClock,
      master: through('master', master.link),
      replicas: this.redis
        .filter((one) => one !== master)
        .map(({ endpoint, link }) => ({ pod: endpoint.host, endpoint, caller: through('replica', link) })),
      sentinel,
      hurried: false,
      callOff: () =>
        sentinel
          .call(['SENTINEL', 'REMOVE', NAME], LIMIT_MS)
          .then(() =>
            sentinel.call(
              ['SENTINEL', 'MONITOR', NAME, master.endpoint.host, String(master.endpoint.port), String(QUORUM)],
              LIMIT_MS,
            ),
          )
          .then(() => undefined),
      relabel: () => Promise.resolve(),
    };
  }

  /** Where one of the Sentinels, each in its turn, says that the master is. */
  async addressOfMaster(turn: number): Promise<Endpoint | undefined> {
    const sentinel = this.sentinels[turn % this.sentinels.length];
    return sentinel && sentinelMasterAddress(sentinel.link, NAME, LIMIT_MS);
  }

  /** The highest configuration epoch of any Sentinel: every failover takes one. */
  async epoch(): Promise<number> {
    const facts = await Promise.all(this.sentinels.map(({ link }) => readSentinelFacts(link, NAME, LIMIT_MS)));
    return Math.max(...facts.map(({ master }) => master?.configEpoch ?? 0));
  }

  close(): void {
    for (const { link } of [...this.redis, ...this.sentinels]) link.close();
  }

  async #agreed(): Promise<Instance | undefined> {
    const views = await this.#views();
    const [first] = views;
    if (first?.address === undefined || views.some((view) => view.failing || view.address !== first.address))
      return undefined;
    return this.redis.find(({ endpoint }) => `${endpoint.host}:${endpoint.port}` === first.address);
  }

  async #views() {
    const facts = await Promise.all(this.sentinels.map(({ link }) => readSentinelFacts(link, NAME, LIMIT_MS)));
    return facts.map(({ master, replicas, sentinels }) => ({
      address: master && `${master.ip}:${master.port}`,
      failing: master?.flags.includes('failover_in_progress') ?? true,
      complete:
        sentinels.length === this.sentinels.length - 1 &&
        replicas.length === this.redis.length - 1 &&
        replicas.every((one) => one.masterLinkUp && one.flags.join() === 'slave' && one.infoRefreshMs > 0),
    }));
  }
}

/** Writes one key after another to the master that `find` names, by the number of the try, and remembers what was acknowledged. */
export class Writer {
  readonly acknowledged: string[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(find: (turn: number) => Promise<Endpoint | undefined>) {
    this.#ended = this.#run(find);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #run(find: (turn: number) => Promise<Endpoint | undefined>): Promise<void> {
    for (let turn = 0; !this.#stop.signal.aborted; turn += 1) {
      const address = await find(turn).catch(() => undefined);
      if (address !== undefined) await this.#write(address).catch(() => undefined);
      await systemClock.sleep(5);
    }
  }

  /** Until something goes wrong. */
  async #write(address: Endpoint): Promise<void> {
    const connection = await dialer.dial(address, { timeoutMs: LIMIT_MS });
    try {
      while (!this.#stop.signal.aborted) {
        const key = `key:${this.acknowledged.length}`;
        await connection.call(['SET', key, 'written'], 2 * LIMIT_MS);
        this.acknowledged.push(key);
        await systemClock.sleep(1);
      }
    } finally {
      connection.close();
    }
  }
}

/** Asks until there is an answer; the test's own limit ends it otherwise. */
export const until = async <T>(probe: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const found = await probe().catch(() => undefined);
    if (found !== undefined) return found;
    await systemClock.sleep(20);
  }
};
