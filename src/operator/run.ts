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
import { checkCrd } from './crd-check.ts';
import { createMetrics, type Metrics } from './metrics.ts';
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
    crd: { healthy: false, message: 'the CRD is not checked yet' } as Health,
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
    ready: () => ready(state),
  });
  log.info('listening', { address: options.listenAddress });
  try {
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
        return work({ ...options, api, metrics, onWatches: (watches) => (state.watches = watches) }, until);
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

type CrdCheck = RunOptions & { readonly api: KubeApi; readonly onResult: (health: Health) => void };

const keepCheckingCrd = async ({ api, clock, log, signal, onResult }: CrdCheck): Promise<void> => {
  for (;;) {
    const health = await checkCrd(api, signal);
    onResult(health);
    if (health.healthy) return;
    log.warn('the custom resource definition is not what this operator needs', { problem: health.message });
    await clock.sleep(CRD_RECHECK_MS, signal);
  }
};

type Work = RunOptions & {
  readonly api: KubeApi;
  readonly metrics: Metrics;
  readonly onWatches: (watches: Watches) => void;
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
  options.onWatches(watches);
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
  });
  const watching = watches.run(signal);
  try {
    await Promise.race([watches.whenSynced(), watching]);
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

const ready = (state: {
  readonly leading: boolean;
  readonly watches: Watches | undefined;
  readonly crd: Health;
}): Health => {
  if (!state.crd.healthy) return state.crd;
  if (!state.leading) return { healthy: true, message: 'standing by' };
  return state.watches?.synced === true
    ? { healthy: true, message: 'leading' }
    : { healthy: false, message: 'filling the caches' };
};

const parseAddress = (address: string): { readonly host: string; readonly port: number } => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
};
