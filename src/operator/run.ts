/** Joins the parts into a running operator. */
import { FIELD_MANAGER, REDIS_CLIENT_NAME } from '../api/names.ts';
import { createKubeApi } from '../kube/client.ts';
import { createEventRecorder } from '../kube/events.ts';
import { type LeadOutcome, lead } from '../kube/lease.ts';
import { WorkQueue } from '../kube/queue.ts';
import type { Clock, KubeApi, Log, Random } from '../ports.ts';
import { createRedisDialer } from '../redis/dialer.ts';
import { Connections } from './connections.ts';
import { Controller } from './controller.ts';
import { type CrdHealth, checkCrd } from './crd-check.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { type Mode, type Permission, permissionOf } from './permission.ts';
import { atWork, type Holder, Predecessor, type PredecessorLeases } from './predecessor.ts';
import { type Health, serve } from './server.ts';
import { Watches } from './watches.ts';

export type RunOptions = {
  readonly kubeconfig?: string;
  /** `host:port`; an empty host means all addresses. */
  readonly listenAddress: string;
  readonly lease: { readonly name: string; readonly namespace: string; readonly identity: string };
  /** Undefined means all namespaces. */
  readonly namespaces: readonly string[] | undefined;
  readonly concurrency: number;
  readonly mode: Mode;
  readonly predecessor: PredecessorLeases;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
};

const REQUEST_TIMEOUT_MS = 10_000;
const BACKOFF = { baseMs: 200, limitMs: 30_000 };

/** Runs until the signal fires ('released') or the lease is lost ('lost'). */
export const run = async (options: RunOptions): Promise<LeadOutcome> => {
  const { clock, random, log, signal } = options;
  const metrics = createMetrics();
  const state = {
    leading: false,
    watches: undefined as Watches | undefined,
    holder: undefined as Holder | undefined,
    onHolder: (): void => undefined,
    crd: { healthy: false, message: 'the CRD is not checked yet', storesStatus: true } as CrdHealth,
  };
  const api = createKubeApi({
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    fieldManager: FIELD_MANAGER,
    clock,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    onRequest: ({ verb, resource, status }) => metrics.requests.inc({ verb, resource, status }),
  });
  const server = await serve({
    ...parseAddress(options.listenAddress),
    registry: metrics.registry,
    live: () => ({ healthy: true, message: 'ok' }),
    ready: () => ready(state, options.mode),
  });
  log.info('listening', { address: options.listenAddress });
  try {
    const predecessor = new Predecessor({
      ...options.predecessor,
      api,
      clock,
      random,
      log,
      onChange: (holder) => {
        metrics.predecessorActive.set(holder === undefined ? 0 : 1);
        if (holder === undefined) log.info('no other operator is at work any more');
        else log.warn('another operator is at work', { ...holder, mode: options.mode });
        state.holder = holder;
        state.onHolder();
      },
    });
    const looking = predecessor.run(signal);
    looking.catch((error: unknown) => log.error('no longer looking for a predecessor', { error: String(error) }));
    const checking = keepCheckingCrd({
      ...options,
      api,
      onResult: (health) => {
        state.crd = health;
        metrics.crdOutdated.set(health.healthy ? 0 : 1);
      },
    });
    checking.catch((error: unknown) => log.debug('no longer checking the CRD', { error: String(error) }));
    return await lead(
      { api, clock, random, log, ...options.lease },
      (until) => {
        state.leading = true;
        metrics.leader.set(1);
        log.info('leading', { identity: options.lease.identity });
        const onWork = ({ watches, reconcileAll }: Working): void => {
          state.watches = watches;
          state.onHolder = reconcileAll;
        };
        const permission = (): Permission => permissionOf(options.mode, state.holder);
        const storesStatus = (): boolean => state.crd.storesStatus;
        return work({ ...options, api, metrics, predecessor, permission, storesStatus, onWork }, until);
      },
      signal,
    );
  } finally {
    server.close();
    server.closeAllConnections();
    await api.close();
  }
};

/** A CRD that is missing or too old is looked at again this often, until it is right. */
const CRD_RECHECK_MS = 15_000;

type CrdCheck = RunOptions & { readonly api: KubeApi; readonly onResult: (health: CrdHealth) => void };

const keepCheckingCrd = async ({ api, clock, log, signal, onResult }: CrdCheck): Promise<void> => {
  for (;;) {
    const health = await checkCrd(api, signal);
    onResult(health);
    if (health.healthy) return;
    log.warn('the custom resource definition is not what this operator needs', { problem: health.message });
    await clock.sleep(CRD_RECHECK_MS, signal);
  }
};

type Working = { readonly watches: Watches; readonly reconcileAll: () => void };

type Work = Omit<RunOptions, 'predecessor'> & {
  readonly api: KubeApi;
  readonly metrics: Metrics;
  readonly predecessor: Predecessor;
  readonly permission: () => Permission;
  readonly storesStatus: () => boolean;
  readonly onWork: (working: Working) => void;
};

/** What the leader does: fills the caches, then works on every failover that something happens to. */
const work = async (options: Work, signal: AbortSignal): Promise<void> => {
  const { api, clock, random, log, metrics } = options;
  const queue = new WorkQueue({
    clock,
    random,
    backoff: BACKOFF,
    hooks: {
      onDepth: (depth) => metrics.queueDepth.set(depth),
      onWorked: (workedMs) => metrics.reconcileSeconds.observe(workedMs / 1000),
      onError: (key, error) => {
        metrics.reconciles.inc({ result: 'error' });
        log.error('pass failed', { failover: key, error: error instanceof Error ? error.message : String(error) });
      },
    },
  });
  const onEvent = (key: string): void => queue.add(key);
  const watches = new Watches({ api, clock, random, log, namespaces: options.namespaces, onChange: onEvent });
  const reconcileAll = (): void => {
    for (const key of watches.keys()) queue.add(key);
  };
  options.onWork({ watches, reconcileAll });
  const dialer = createRedisDialer({ clock, clientName: REDIS_CLIENT_NAME });
  const connections = new Connections({ dialer, clock, random, onEvent });
  const record = createEventRecorder({ api, clock, random, log, component: FIELD_MANAGER });
  const controller = new Controller({
    api,
    watches,
    connections,
    queue,
    clock,
    random,
    log,
    record,
    metrics,
    permission: options.permission,
    storesStatus: options.storesStatus,
  });
  const watching = watches.run(signal);
  try {
    await Promise.race([Promise.all([watches.whenSynced(), options.predecessor.whenSynced()]), watching]);
    await queue.run(
      options.concurrency,
      async (key) => {
        await controller.reconcile(key, signal);
        metrics.reconciles.inc({ result: 'success' });
      },
      signal,
    );
  } finally {
    connections.closeAll();
    await record.drain();
  }
  await watching;
};

type State = {
  readonly leading: boolean;
  readonly watches: Watches | undefined;
  readonly holder: Holder | undefined;
  readonly crd: Health;
};

/** An operator that stands by, or only observes, does so well with any CRD. */
const ready = (state: State, mode: Mode): Health => {
  if (!state.crd.healthy && mode === 'manage') return state.crd;
  if (!state.leading) return { healthy: true, message: 'standing by' };
  if (state.watches?.synced !== true) return { healthy: false, message: 'filling the caches' };
  if (mode === 'observe')
    return { healthy: true, message: `observing${state.crd.healthy ? '' : `: ${state.crd.message}`}` };
  return { healthy: true, message: state.holder === undefined ? 'leading' : `standing by: ${atWork(state.holder)}` };
};

const parseAddress = (address: string): { readonly host: string; readonly port: number } => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
};
