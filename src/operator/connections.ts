/** The kept connections to every Redis and Sentinel of every failover, and what they report by themselves. */
import { SENTINEL_PORT } from '../api/names.ts';
import type { Clock, Endpoint, Random, RedisDialer } from '../ports.ts';
import { Link, type LinkLogin } from '../redis/links.ts';
import type { FailoverKey } from './watches.ts';

/** How long one command or dial may take; a pod that needs longer is unreachable for this pass. */
export const CALL_MS = 1_000;

/** What Sentinel publishes that is worth a look at the failover. https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#pubsub-messages */
const SENTINEL_EVENTS = [
  '+switch-master',
  '+failover-state-wait-promotion',
  '+promoted-slave',
  '+failover-end',
  '-failover-abort-*',
  '+sdown',
  '-sdown',
  '+odown',
  '-odown',
  '+slave',
  '+sentinel',
  '+reboot',
  '-role-change',
  '+convert-to-slave',
  '+fix-slave-config',
  '-tilt',
];

type Options = {
  readonly dialer: RedisDialer;
  readonly clock: Clock;
  readonly random: Random;
  /** A connection broke or came back, or a Sentinel published something: look at this failover now. */
  readonly onEvent: (key: FailoverKey) => void;
};

type Peer = { readonly uid: string; readonly endpoint: Endpoint; readonly logins: readonly LinkLogin[] };
type Entry = Omit<Peer, 'uid'> & { readonly link: Link };

/** One link a pod, kept as long as the pod is: to its Redis, or to its Sentinel with a subscription. */
export class Connections {
  readonly #options: Options;
  readonly #byFailover = new Map<FailoverKey, Map<string, Entry>>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Logins are tried one after the other, here and below. */
  redis(key: FailoverKey, peer: Peer): Link {
    return this.#link(key, peer, []);
  }

  sentinel(
    key: FailoverKey,
    { uid, ip, logins }: { readonly uid: string; readonly ip: string; readonly logins: readonly LinkLogin[] },
  ): Link {
    return this.#link(key, { uid, endpoint: { host: ip, port: SENTINEL_PORT }, logins }, SENTINEL_EVENTS);
  }

  /** Closes the links of pods that are not among `uids`. */
  retain(key: FailoverKey, uids: ReadonlySet<string>): void {
    const entries = this.#byFailover.get(key);
    if (entries === undefined) return;
    for (const [uid, { link }] of entries) {
      if (uids.has(uid)) continue;
      entries.delete(uid);
      link.close();
    }
    if (entries.size === 0) this.#byFailover.delete(key);
  }

  closeAll(): void {
    for (const key of this.#byFailover.keys()) this.retain(key, new Set());
  }

  #link(key: FailoverKey, peer: Peer, subscribe: readonly string[]): Link {
    const entries = this.#byFailover.get(key) ?? new Map<string, Entry>();
    this.#byFailover.set(key, entries);
    const known = entries.get(peer.uid);
    if (known !== undefined && isSame(known, peer)) return known.link;
    known?.link.close();
    const { dialer, clock, random, onEvent } = this.#options;
    const notify = (): void => onEvent(key);
    const link = new Link({
      endpoint: peer.endpoint,
      dialer,
      clock,
      random,
      logins: peer.logins,
      timeoutMs: CALL_MS,
      ...(subscribe.length > 0 && { subscribe, onMessage: notify }),
      onLost: notify,
      onRestored: notify,
    });
    entries.set(peer.uid, { link, endpoint: peer.endpoint, logins: peer.logins });
    return link;
  }
}

const isSame = (known: Entry, peer: Peer): boolean =>
  known.endpoint.host === peer.endpoint.host &&
  known.endpoint.port === peer.endpoint.port &&
  known.logins.length === peer.logins.length &&
  known.logins.every(({ user, password }, index) => {
    const now = peer.logins[index];
    return now?.user === user && now?.password === password;
  });
