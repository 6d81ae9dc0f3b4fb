/** The failover that is measured, and how it is watched: through the operator's own client, which costs next to nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1.js';
import type { RedisFailover } from '../src/api/types.ts';
import { createKubeApi } from '../src/kube/client.ts';
import { CLAIMS, PODS, REDIS_FAILOVERS } from '../src/operator/kinds.ts';
import type { KubeApi } from '../src/ports.ts';
import { systemClock } from '../src/system.ts';
import { failoverOf, onVolumes } from '../test/e2e/harness/failover.ts';
import { kubeconfig } from '../test/e2e/harness/kubectl.ts';
import type { FailoverKey } from '../test/e2e/harness/pods.ts';
import { type Health, healthOf, type Seen } from './health.ts';

const REPLICAS = 3;
const REQUEST_TIMEOUT_MS = 5_000;
const POLL_MS = 100;
const HEALTHY_LIMIT_MS = 300_000;
const GONE_LIMIT_MS = 120_000;
/** Sentinel learns of replicas every 10 s; before, it cannot fail over to them. */
const SETTLE_MS = 12_000;
/** The loop of an operator that reports nothing may have another round of 30 s to go. */
const UNREPORTED_SETTLE_MS = 35_000;

export type Healthy = Extract<Health, { readonly kind: 'healthy' }>;

/** A failover, and what its operator says of it. */
export type Subject = FailoverKey & Pick<Seen, 'reportsReady'>;

let connected: KubeApi | undefined;

const api = (): KubeApi => {
  connected ??= createKubeApi({
    kubeconfig: kubeconfig(),
    fieldManager: 'bench',
    clock: systemClock,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  return connected;
};

const limit = (): AbortSignal => AbortSignal.timeout(REQUEST_TIMEOUT_MS);

/** Creates it: three Redis on volumes, three Sentinels, everything else as it is by default. */
export const createSubject = async (subject: Subject): Promise<void> => {
  const sizes = { redis: REPLICAS, sentinel: REPLICAS };
  await api().create(REDIS_FAILOVERS, failoverOf(subject, sizes, { redis: { storage: onVolumes } }), limit());
};

/** Creates it unless it is there. */
export const ensureSubject = async (subject: Subject): Promise<void> => {
  const found = await api().get(REDIS_FAILOVERS, subject, limit());
  if (found === undefined) await createSubject(subject);
};

/** Deletes it and resolves when no pod and no claim of it is left. */
export const deleteSubject = async (subject: Subject): Promise<void> => {
  await api().delete(REDIS_FAILOVERS, subject, limit());
  const left = async (): Promise<string | undefined> => {
    const found = await Promise.all([PODS, CLAIMS].map((resource) => api().list(resource, ownedBy(subject), limit())));
    const count = found.flatMap(({ items }) => items).length;
    return count === 0 ? undefined : `${count} pods and claims are left`;
  };
  await waitFor(left, { what: `${subject.name} is gone`, limitMs: GONE_LIMIT_MS });
};

/** Resolves when it is healthy and, if `accept` is given, as that wants it. */
export const becomesHealthy = async (
  subject: Subject,
  accept: (health: Healthy) => boolean = () => true,
): Promise<Healthy> => {
  let healthy: Healthy | undefined;
  const complaint = async (): Promise<string | undefined> => {
    const health = await look(subject);
    if (health.kind === 'unhealthy') return health.why;
    healthy = health;
    return accept(health) ? undefined : 'healthy, but not yet as wanted';
  };
  await waitFor(complaint, { what: `${subject.name} is healthy`, limitMs: HEALTHY_LIMIT_MS });
  if (healthy === undefined) throw new Error(`${subject.name} was not looked at`);
  return healthy;
};

/** Resolves when it is healthy and nothing more is to be expected of the operator. */
export const settles = async (subject: Subject): Promise<Healthy> => {
  await becomesHealthy(subject);
  await sleep(subject.reportsReady === 'no' ? UNREPORTED_SETTLE_MS : SETTLE_MS);
  return becomesHealthy(subject);
};

const look = async (subject: Subject): Promise<Health> => {
  const [failover, { items }] = await Promise.all([
    api().get<RedisFailover>(REDIS_FAILOVERS, subject, limit()),
    api().list<Pod>(PODS, ownedBy(subject), limit()),
  ]);
  return healthOf({ failover, pods: items, replicas: REPLICAS, reportsReady: subject.reportsReady });
};

const ownedBy = ({ namespace, name }: Subject) => ({
  namespace,
  labelSelector: `app.kubernetes.io/part-of=${name}`,
});

type Wait = { readonly what: string; readonly limitMs: number };

/** Asks again and again until there is no complaint. Requests that fail count as one: the cluster is being hurt. */
const waitFor = async (complaint: () => Promise<string | undefined>, { what, limitMs }: Wait): Promise<void> => {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const why = await complaint().catch(String);
    if (why === undefined) return;
    if (performance.now() > deadline) throw new Error(`not within ${limitMs / 1000} s: ${what}: ${why}`);
    await sleep(POLL_MS);
  }
};
