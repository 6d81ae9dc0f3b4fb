/** Asks the cache and every pod of one failover, all at once under one deadline, and returns plain facts. */
import type { Pod, Secret } from 'kubernetes-types/core/v1.js';
import { isBootstrapping, withDefaults } from '../api/defaults.ts';
import { INTERNAL_USER, MASTER_NAME, selectorLabels } from '../api/names.ts';
import type { RedisFailover } from '../api/types.ts';
import { redisLogins, upstreamLogin } from '../core/credentials.ts';
import { redisLines } from '../core/custom-lines.ts';
import type {
  InternalLogin,
  Login,
  Observation,
  PodFacts,
  RedisAnswer,
  RedisPod,
  SentinelAccess,
  SentinelAnswer,
  SentinelPod,
  Unreachable,
} from '../core/observation.ts';
import { sentinelLogins } from '../core/sentinel-access.ts';
import { sentinelLines } from '../core/sentinel-lines.ts';
import { readAclFacts, readSentinelAcl } from '../redis/acl.ts';
import { readMasterLogin, readRedisFacts, readRequiredReplicas, readSentinelFacts } from '../redis/commands.ts';
import { RedisError } from '../redis/errors.ts';
import type { RedisFacts, SentinelFacts } from '../redis/facts.ts';
import type { Link } from '../redis/links.ts';
import { lookAgain } from './act-keep.ts';
import { CALL_MS } from './connections.ts';
import type { Context, Memory } from './context.ts';
import { existing } from './default-images.ts';
import { internalFacts, internalLogin } from './internal-login.ts';
import { oldTemplates } from './old-templates.ts';
import { podFacts } from './pod-facts.ts';
import { accessFacts, clientsSecret, sentinelAccess } from './sentinel-access.ts';
import { isBegunAnew, sentinelPending } from './sentinel-config.ts';
import { warnings } from './warnings.ts';
import type { FailoverKey } from './watches.ts';

type Subject = { readonly key: FailoverKey; readonly failover: RedisFailover; readonly memory: Memory };

/** Everything known of one failover now. Never rejects because of a pod. */
export const observe = async (
  context: Context,
  { key, failover: stored, memory }: Subject,
  signal: AbortSignal,
): Promise<Observation> => {
  const { watches, connections, clock } = context;
  const pods = watches.pods(key);
  const isCordoned = (node: string): boolean => watches.isCordoned(node);
  const children = watches.children(key);
  const failover = withDefaults(stored, existing(children, pods, memory));
  const redisPods = componentPods(pods, { component: 'redis', failover, isCordoned });
  const internal = internalLogin(failover, children, redisPods);
  const { namespace } = failover.metadata;
  const [login, earlierPasswords, sourceLogin, clients] = await Promise.all([
    readLogin(context, { namespace, name: failover.spec.auth?.secretPath }),
    readEarlier(context, failover, redisPods),
    readLogin(context, { namespace, name: sourceSecret(failover) }),
    readLogin(context, { namespace, name: clientsSecret(failover) }),
  ]);
  const access = sentinelAccess(failover, children, clients);
  const lines = redisLines(failover, children);
  const asked = { key, failover, lines, login, earlierPasswords, internal, sourceLogin, access, memory };
  const { statefulSet } = children;
  const sentinelPods = componentPods(pods, { component: 'sentinel', failover, isCordoned });
  const [redis, sentinels, warned, templates] = await Promise.all([
    Promise.all(redisPods.map((pod) => askRedis(context, { ...asked, pod }))),
    Promise.all(sentinelPods.map((pod) => askSentinel(context, { ...asked, pod }))),
    warnings(context, { namespace, statefulSet, redis: redisPods, sentinels: sentinelPods, memory }, signal),
    oldTemplates(context, { namespace, statefulSet, pods: redisPods, memory }, signal),
  ]);
  const at = clock.now();
  lookAgain(memory.keeping, redis, at);
  const uids = new Set(pods.map((pod) => pod.metadata?.uid ?? ''));
  connections.retain(key, uids);
  memory.ledger.retain(uids);
  for (const uid of memory.resizesRefused.keys()) if (!uids.has(uid)) memory.resizesRefused.delete(uid);
  for (const uid of memory.labelsGiven.keys()) if (!uids.has(uid)) memory.labelsGiven.delete(uid);
  const claims = new Set(children.claims.map(({ metadata }) => metadata?.uid));
  for (const uid of memory.claimsRefused.keys()) if (!claims.has(uid)) memory.claimsRefused.delete(uid);
  memory.watchedSince ??= clock.now();
  return {
    at,
    watchedSince: memory.watchedSince,
    failover,
    redis,
    sentinels,
    children,
    login,
    earlierPasswords,
    internal,
    sourceLogin,
    sentinelAccess: access,
    oldTemplates: templates,
    resizesRefused: memory.resizesRefused,
    labelsGiven: memory.labelsGiven,
    claimsRefused: memory.claimsRefused,
    warnings: warned,
    failoverRequestedAt: memory.failoverRequestedAt,
    handOverFailedAt: memory.handOverFailedAt,
    divergence: memory.divergence,
    masterTrace: memory.masterTrace,
    masterChange: memory.masterChange,
    keeping: memory.keeping,
  };
};

/** The pods of one component, by name; those that ended are history. */
const componentPods = (
  pods: readonly Pod[],
  {
    component,
    failover,
    isCordoned,
  }: {
    readonly component: 'redis' | 'sentinel';
    readonly failover: RedisFailover;
    readonly isCordoned: (node: string) => boolean;
  },
): readonly PodFacts[] => {
  const wanted = selectorLabels(failover.metadata.name ?? '', component)['app.kubernetes.io/component'];
  return pods
    .filter((pod) => pod.metadata?.labels?.['app.kubernetes.io/component'] === wanted)
    .map((pod) => podFacts(pod, { container: component, isCordoned }))
    .filter((pod) => pod.phase !== 'Failed' && pod.phase !== 'Succeeded')
    .sort((one, other) => (one.name < other.name ? -1 : 1));
};

const NO_ADDRESS: Unreachable = { kind: 'unreachable', why: 'no-address', message: 'the pod has no address yet' };

type Asked = {
  readonly key: FailoverKey;
  readonly failover: Observation['failover'];
  /** What every Redis is to be told. */
  readonly lines: readonly string[];
  readonly login: Login;
  readonly earlierPasswords: readonly string[];
  readonly internal: InternalLogin;
  readonly sourceLogin: Login;
  readonly access: SentinelAccess;
  readonly memory: Memory;
  readonly pod: PodFacts;
};

const askRedis = async (context: Context, asked: Asked): Promise<RedisPod> => {
  const { key, failover, internal, memory, pod } = asked;
  if (pod.ip === undefined) return { ...pod, answer: NO_ADDRESS };
  const endpoint = { host: pod.ip, port: failover.spec.redis.port };
  const link = context.connections.redis(key, { uid: pod.uid, endpoint, logins: redisLogins(asked) });
  const answer = await ask(link, async () => {
    const [facts, requiredReplicas, acl, upstream] = await Promise.all([
      readRedisFacts(link, CALL_MS),
      readRequiredReplicas(link, CALL_MS),
      internal.kind === 'password' ? readAclFacts(link, INTERNAL_USER, CALL_MS) : undefined,
      askUpstreamLogin(link, asked),
    ]);
    return redisAnswer(facts, {
      requiredReplicas,
      config: memory.ledger.facts({ uid: pod.uid, id: facts.runId }, asked.lines),
      internal: internal.kind === 'password' && acl !== undefined ? internalFacts(acl, internal) : undefined,
      upstreamLogin: upstream,
    });
  });
  return { ...pod, answer };
};

/** Asked only where a source outside is followed or left: elsewhere a process logs in as it was started. */
const askUpstreamLogin = async (link: Link, asked: Asked): Promise<RedisAnswer['upstreamLogin']> => {
  const { spec, status } = asked.failover;
  if (spec.bootstrapNode === undefined && status?.bootstrap === undefined) return undefined;
  const wanted = upstreamLogin(asked, asked.pod);
  if (wanted === undefined) return undefined;
  const { user, password } = await readMasterLogin(link, CALL_MS);
  return user === wanted.user && password === wanted.password ? 'right' : 'wrong';
};

const askSentinel = async (context: Context, asked: Asked): Promise<SentinelPod> => {
  const { key, failover, internal, access, memory, pod } = asked;
  const login = isBootstrapping(failover) ? asked.sourceLogin : asked.login;
  if (pod.ip === undefined) return { ...pod, answer: NO_ADDRESS };
  const { own } = access;
  const link = context.connections.sentinel(key, { uid: pod.uid, ip: pod.ip, logins: sentinelLogins(access, pod) });
  const answer = await ask(link, async () => {
    const [facts, acl] = await Promise.all([
      readSentinelFacts(link, MASTER_NAME, CALL_MS),
      own && readSentinelAcl(link, INTERNAL_USER, CALL_MS),
    ]);
    const lines = sentinelLines(failover.spec.sentinel);
    const ledger = memory.ledger.facts({ uid: pod.uid, id: facts.myId }, lines);
    if (isBegunAnew(facts, lines, ledger)) memory.sentinelLogins.delete(facts.myId);
    const given = memory.sentinelLogins.get(facts.myId);
    return sentinelAnswer(facts, {
      loginGiven: login.kind === 'password' && !given?.user && given?.password === login.password,
      internalGiven:
        given?.user === INTERNAL_USER && internal.kind === 'password' && given.password === internal.password,
      access: own && acl && accessFacts(acl, own),
      config: { ...ledger, pending: sentinelPending(facts, lines, ledger) },
    });
  });
  return { ...pod, answer };
};

/** A link that is known to be down is not waited for: it reports by itself when it comes back. */
const ask = async <T>(link: Link, question: () => Promise<T>): Promise<T | Unreachable> => {
  try {
    return await question();
  } catch (error) {
    return unreachable(error);
  }
};

const unreachable = (error: unknown): Unreachable => {
  if (!(error instanceof RedisError)) throw error;
  const { code, message } = error;
  switch (code) {
    case 'refused':
    case 'timeout':
    case 'auth':
    case 'closed':
    case 'unreachable':
      return { kind: 'unreachable', why: code, message };
    case 'loading':
    case 'reply':
    case 'protocol':
      return { kind: 'unreachable', why: 'error', message };
  }
};

const redisAnswer = (
  facts: RedisFacts,
  known: Pick<RedisAnswer, 'config' | 'internal' | 'requiredReplicas' | 'upstreamLogin'>,
): RedisAnswer => ({
  kind: 'answer',
  ...facts,
  masterHost: facts.masterHost,
  masterPort: facts.masterPort,
  linkUp: facts.masterLinkStatus === 'up',
  linkDownSeconds: facts.masterLinkDownSeconds,
  syncing: facts.masterSyncInProgress,
  priority: facts.replicaPriority,
  ...known,
});

const sentinelAnswer = (
  facts: SentinelFacts,
  known: Pick<SentinelAnswer, 'config' | 'loginGiven' | 'internalGiven' | 'access'>,
): SentinelAnswer => ({
  kind: 'answer',
  id: facts.myId,
  version: facts.version,
  tilt: facts.tilt,
  infoPeriodMs: facts.infoPeriodMs,
  master: facts.master,
  replicas: facts.replicas,
  peers: facts.sentinels.map((peer) => ({ ...peer, lastHelloMs: peer.lastHelloMessageMs })),
  ...known,
});

/** The passwords that a changed `auth.secretPath` no longer names, for as long as pods run with them. */
const readEarlier = async (
  context: Context,
  { metadata: { namespace }, spec }: Observation['failover'],
  pods: readonly PodFacts[],
): Promise<readonly string[]> => {
  const named = new Set(pods.flatMap(({ passwordSecret }) => passwordSecret ?? []));
  const names = [...named].filter((name) => name !== spec.auth?.secretPath).sort();
  const logins = await Promise.all(names.map((name) => readLogin(context, { namespace, name })));
  return logins.flatMap((login) => (login.kind === 'password' ? [login.password] : []));
};

/** The Secret with the password of the source that the failover follows: that of the failover if the spec says nothing else. */
const sourceSecret = (failover: Observation['failover']): string | undefined =>
  isBootstrapping(failover) ? (failover.spec.bootstrapNode?.secretPath ?? failover.spec.auth?.secretPath) : undefined;

/** A password, from the Secret that the failover names for it. Line breaks at its end are not part of it. */
const readLogin = async (
  { watches }: Context,
  { namespace, name }: { readonly namespace: string; readonly name: string | undefined },
): Promise<Login> => {
  if (name === undefined || name === '') return { kind: 'none' };
  const secret = await watches.secret({ namespace, name });
  return loginOf(name, secret);
};

/** The password in a Secret of the user's. Line breaks at its end, which an editor or `echo` leaves, are not part of it. */
export const loginOf = (name: string, secret: Secret | undefined): Login => {
  if (secret === undefined) return { kind: 'missing', message: `Secret ${name} does not exist` };
  const encoded = secret.data?.['password'];
  if (encoded === undefined) return { kind: 'missing', message: `Secret ${name} has no key "password"` };
  const written = Buffer.from(encoded, 'base64').toString('utf8');
  const password = written.replace(/\n+$/, '');
  if (password === '') return { kind: 'missing', message: `Secret ${name}: key "password" is empty` };
  return { kind: 'password', password, ...(password !== written && { endsInLineBreak: true }) };
};
