/** The operator's Prometheus metrics: what it does, and how every failover is. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RedisFailoverStatus } from '../api/types.ts';
import { hasSourceData } from '../core/bootstrap.ts';
import type { AnsweringRedis, Situation } from '../core/situation.ts';
import { inSync, isHealthyWatch, watchedBySentinels } from '../core/situation.ts';

const PREFIX = 'redis_operator_';
const FAILOVER = ['namespace', 'name'] as const;

export type Metrics = ReturnType<typeof createMetrics>;

/** A registry of its own with every metric in it. */
export const createMetrics = () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: PREFIX });
  const registers = [registry];
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `${PREFIX}failover_${name}`, help, labelNames: FAILOVER, registers });
  const metrics = {
    registry,
    reconciles: new Counter({
      name: `${PREFIX}reconciles_total`,
      help: 'Passes over a failover.',
      labelNames: ['result'],
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: `${PREFIX}reconcile_seconds`,
      help: 'Time of one pass: observe, decide, act, report.',
      buckets: [0.005, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
      registers,
    }),
    actions: new Counter({
      name: `${PREFIX}actions_total`,
      help: 'Actions taken.',
      labelNames: ['kind', 'result'],
      registers,
    }),
    queueDepth: new Gauge({ name: `${PREFIX}queue_depth`, help: 'Failovers waiting for a pass.', registers }),
    requests: new Counter({
      name: `${PREFIX}kubernetes_requests_total`,
      help: 'Requests to the API server.',
      labelNames: ['verb', 'resource', 'status'],
      registers,
    }),
    leader: new Gauge({ name: `${PREFIX}leader`, help: '1 while this replica holds the lease.', registers }),
    predecessorActive: new Gauge({
      name: `${PREFIX}predecessor_active`,
      help: '1 while another operator of the same RedisFailovers holds its lease.',
      registers,
    }),
    crdOutdated: new Gauge({
      name: `${PREFIX}crd_outdated`,
      help: '1 while the CRD is older than this operator needs.',
      registers,
    }),
    ready: gauge('ready', '1 when the condition Ready is True.'),
    masters: gauge('masters', 'Redis pods that say they are master.'),
    replicasInSync: gauge(
      'replicas_in_sync',
      'Replicas connected to the master, or to the source of spec.bootstrapNode, with all its data.',
    ),
    bytesBehind: gauge(
      'bytes_behind',
      'Bytes of the replication stream that the best replica in sync lacks: what a crash of the master may lose.',
    ),
    sentinelsAgreeing: gauge('sentinels_agreeing', 'Sentinels that watch the master and find it up.'),
    failovers: new Counter({
      name: `${PREFIX}failover_master_changes_total`,
      help: 'Changes of the master.',
      labelNames: FAILOVER,
      registers,
    }),
    masterlessSeconds: new Counter({
      name: `${PREFIX}failover_masterless_seconds_total`,
      help: 'Seconds without a confirmed master after the first one.',
      labelNames: FAILOVER,
      registers,
    }),
  };
  return metrics;
};

/** Sets the gauges of one failover to what was just seen. */
export const measureFailover = (metrics: Metrics, situation: Situation, status: RedisFailoverStatus): void => {
  const labels = labelsOf(situation.failover.metadata);
  const { master, source, port } = situation;
  const replicas = master === undefined ? [] : situation.answering.filter((pod) => inSync(pod, master, port));
  const followers = source === undefined ? [] : situation.answering.filter((pod) => hasSourceData(pod, source));
  const watched = watchedBySentinels(situation);
  const agreeing = watched === undefined ? [] : situation.watching.filter((one) => isHealthyWatch(one, watched.host));
  const ready = status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
  metrics.ready.set(labels, ready === true ? 1 : 0);
  metrics.masters.set(labels, situation.masters.length);
  metrics.replicasInSync.set(labels, replicas.length + followers.length);
  metrics.sentinelsAgreeing.set(labels, agreeing.length);
  if (master === undefined || replicas.length === 0) metrics.bytesBehind.remove(labels);
  else metrics.bytesBehind.set(labels, bytesBehind(master, replicas));
};

/** Each is asked at a moment of its own, so a replica may seem to be ahead. */
const bytesBehind = (master: AnsweringRedis, replicas: readonly AnsweringRedis[]): number =>
  Math.max(0, master.answer.offset - Math.max(...replicas.map((replica) => replica.answer.offset)));

/** Removes a deleted failover from the page. */
export const forgetFailover = (
  metrics: Metrics,
  metadata: { readonly namespace: string; readonly name: string },
): void => {
  const perFailover = [
    metrics.ready,
    metrics.masters,
    metrics.replicasInSync,
    metrics.bytesBehind,
    metrics.sentinelsAgreeing,
    metrics.failovers,
    metrics.masterlessSeconds,
  ];
  for (const metric of perFailover) metric.remove(metadata);
};

/** The labels of one failover's series. */
export const labelsOf = (metadata: {
  readonly namespace?: string;
  readonly name?: string;
}): { namespace: string; name: string } => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name ?? '',
});
