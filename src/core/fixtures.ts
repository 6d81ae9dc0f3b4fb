/** Observations for tests of the rules: a healthy failover of three and three, changed by what a test cares about. */
import { withDefaults } from '../api/defaults.ts';
import type { RedisFailover } from '../api/types.ts';
import type {
  Observation,
  PodFacts,
  RedisAnswer,
  RedisPod,
  SentinelAnswer,
  SentinelPod,
  Unreachable,
} from './observation.ts';

export const AT = Date.parse('2026-01-01T00:10:00Z');
const BORN = '2026-01-01T00:00:00Z';

type RedisChange = Partial<Omit<RedisPod, 'answer'>> & { readonly answer?: Partial<RedisAnswer> | Unreachable };
type SentinelChange = Partial<Omit<SentinelPod, 'answer'>> & {
  readonly answer?: Partial<SentinelAnswer> | Unreachable;
};

/** A Redis pod: ordinal 0 is the master of the healthy failover, the others follow it. */
export const redisPod = (ordinal: number, change: RedisChange = {}): RedisPod => {
  const { answer = {}, ...pod } = change;
  const facts: PodFacts = {
    ...podFacts(`rfr-test-${ordinal}`, `10.0.0.${ordinal + 1}`),
    roleLabel: ordinal === 0 ? 'master' : 'slave',
  };
  return {
    ...facts,
    ...pod,
    answer: answer.kind === 'unreachable' ? answer : { ...redisAnswer(ordinal), ...answer },
  };
};

/** A Sentinel pod that watches rfr-test-0 and knows everybody else of the healthy failover. */
export const sentinelPod = (index: number, change: SentinelChange = {}): SentinelPod => {
  const { answer = {}, ...pod } = change;
  const facts = podFacts(`rfs-test-${index}`, `10.0.1.${index + 1}`);
  return {
    ...facts,
    ...pod,
    answer: answer.kind === 'unreachable' ? answer : { ...sentinelAnswer(index), ...answer },
  };
};

/** Unreachable for a reason. */
export const unreachable = (why: Unreachable['why']): Unreachable => ({ kind: 'unreachable', why, message: why });

/** A process that just started: it follows nobody and holds nothing. */
export const BOOTED: Partial<RedisAnswer> = {
  role: 'replica',
  masterHost: '127.0.0.1',
  linkUp: false,
  offset: 0,
  keys: 0,
  replicationId: 'fresh',
  connectedReplicas: [],
};

/** What a Sentinel says that was just started: it watches nothing. */
export const FORGETFUL: Partial<SentinelAnswer> = { master: undefined, replicas: [], peers: [] };

/** The master as a Sentinel sees it at `ip`. */
export const watched = (
  ip: string,
  change: { readonly flags?: readonly string[]; readonly configEpoch?: number; readonly quorum?: number } = {},
) => ({
  ip,
  port: 6379,
  flags: ['master'],
  configEpoch: 1,
  quorum: 2,
  ...change,
});

/** All three Sentinels, changed alike. */
export const allSentinels = (change: Parameters<typeof sentinelPod>[1]) =>
  [0, 1, 2].map((index) => sentinelPod(index, change));
/** A Redis pod whose process just started. */
export const booted = (ordinal: number, change: Parameters<typeof redisPod>[1] = {}) =>
  redisPod(ordinal, { roleLabel: 'slave', ...change, answer: { ...BOOTED, ...change.answer } });
/** A replica as a Sentinel lists it. */
export const replicaEntry = (last: number, flags: readonly string[], priority = 100) => ({
  ip: `10.0.0.${last}`,
  port: 6379,
  flags,
  priority,
  infoRefreshMs: 1000,
});
/** All Sentinels, watching one master. */
export const sentinelsSee = (master: ReturnType<typeof watched>) => allSentinels({ answer: { master } });

/** The pod of the master after a restart of its process: it follows nobody and has its data. */
export const restartedMaster = (): RedisPod => redisPod(0, { answer: { ...BOOTED, keys: 10 } });

export const FAILOVER: RedisFailover = {
  apiVersion: 'databases.spotahome.com/v1',
  kind: 'RedisFailover',
  metadata: { name: 'test', namespace: 'space', uid: 'failover-uid', generation: 1, creationTimestamp: BORN },
  spec: {},
  status: { phase: 'Ready', master: { pod: 'rfr-test-0', address: '10.0.0.1:6379', replicationId: 'history' } },
};

/** A healthy observation with parts replaced. */
export const observation = (
  change: Partial<Omit<Observation, 'failover'>> & { readonly failover?: RedisFailover } = {},
): Observation => {
  const { failover = FAILOVER, ...rest } = change;
  return {
    at: AT,
    redis: [redisPod(0), redisPod(1), redisPod(2)],
    sentinels: [sentinelPod(0), sentinelPod(1), sentinelPod(2)],
    children: {
      claims: [],
      others: new Map(),
      statefulSet: {
        metadata: { name: 'rfr-test', uid: 'set-uid', generation: 1 },
        spec: { replicas: 3, selector: {}, template: {}, serviceName: 'rfr-test' },
        status: { replicas: 3, observedGeneration: 1, updateRevision: 'rev1' },
      },
      deployment: { metadata: { name: 'rfs-test' }, status: { updatedReplicas: 3, availableReplicas: 3 } },
    },
    login: { kind: 'none' },
    earlierPasswords: [],
    internal: { kind: 'none' },
    sourceLogin: { kind: 'none' },
    sentinelAccess: { clients: { kind: 'none' }, own: undefined },
    oldTemplates: new Map([['rev0', 'gone']]),
    resizesRefused: new Map(),
    labelsGiven: new Map(),
    claimsRefused: new Map(),
    warnings: new Map(),
    keeping: new Map(),
    ...rest,
    failover: withDefaults(failover),
  };
};

const podFacts = (name: string, ip: string): PodFacts => ({
  name,
  uid: `uid-${name}`,
  ip,
  node: 'node1',
  createdAt: Date.parse(BORN),
  deleting: false,
  deletion: undefined,
  disruption: undefined,
  cordoned: false,
  phase: 'Running',
  ready: true,
  readySince: Date.parse(BORN),
  container: { kind: 'running', startedAt: Date.parse(BORN) },
  passwordSecret: undefined,
  restarts: 0,
  revision: 'rev1',
  roleLabel: undefined,
  labelling: { labels: {}, inherited: [] },
  mountsInternal: false,
  mountsSentinelLogin: false,
  resize: { asked: {}, restarts: false, progress: { kind: 'done' } },
  owners: { uids: ['set-uid'], controller: 'set-uid' },
});

const redisAnswer = (ordinal: number): RedisAnswer => ({
  kind: 'answer',
  runId: `run-${ordinal}`,
  version: '8.0.2',
  loading: false,
  role: ordinal === 0 ? 'master' : 'replica',
  masterHost: ordinal === 0 ? undefined : '10.0.0.1',
  masterPort: ordinal === 0 ? undefined : 6379,
  linkUp: ordinal !== 0,
  syncing: false,
  replicationId: 'history',
  secondReplicationId: '0'.repeat(40),
  secondOffset: -1,
  offset: 1000,
  priority: 100,
  connectedReplicas:
    ordinal === 0 ? [1, 2].map((other) => ({ ip: `10.0.0.${other + 1}`, port: 6379, offset: 1000 })) : [],
  requiredReplicas: { toWrite: 0, maxLagSeconds: 10 },
  goodReplicas: undefined,
  keys: 10,
  backgroundSave: 'ok',
  config: { pending: [], refused: [], atStart: [] },
});

const sentinelAnswer = (index: number): SentinelAnswer => ({
  kind: 'answer',
  id: `sentinel-${index}`,
  version: '8.0.2',
  tilt: false,
  infoPeriodMs: 1000,
  master: watched('10.0.0.1'),
  replicas: [2, 3].map((last) => ({
    ip: `10.0.0.${last}`,
    port: 6379,
    flags: ['slave'],
    priority: 100,
    infoRefreshMs: 1000,
  })),
  peers: [0, 1, 2]
    .filter((other) => other !== index)
    .map((other) => ({ ip: `10.0.1.${other + 1}`, port: 26379, flags: ['sentinel'], lastHelloMs: 500 })),
  loginGiven: false,
  internalGiven: false,
  config: { pending: [], refused: [], atStart: [] },
});
