/** What is done to a failover in each scenario. */
import { setTimeout as sleep } from 'node:timers/promises';
import { cutNode, rejoinNode, signalContainer } from '../cluster/faults.ts';
import { changeSpec } from '../test/e2e/harness/failover.ts';
import { deletePods } from '../test/e2e/harness/pods.ts';
import { auditPosition, requestsSince } from './audit.ts';
import type { Options } from './options.ts';
import type { Sample } from './sample.ts';
import { becomesHealthy, createSubject, deleteSubject, type Healthy, type Subject, settles } from './subject.ts';
import type { ScenarioName } from './targets.ts';
import { type Disturbance, underLoad } from './under-load.ts';
import type { Undo } from './undo.ts';

/** One run: on which failover, its number from 1, and how everything can be put back. */
export type Run = {
  readonly subject: Subject;
  readonly number: number;
  readonly options: Options;
  readonly undo: Undo;
};

type Scenario = (run: Run) => Promise<Sample>;

const MINUTE_MS = 60_000;
const QUIET_AFTER_CRASH_MS = 4_000;
const QUIET_AFTER_LONG_FAULT_MS = 2_000;
const QUIET_AFTER_DELETION_MS = 10_000;
const SETTLE_BEFORE_REST_MS = 15_000;

const usual = { lost: 'all', clients: 'anywhere' } as const;

/** A scenario that disturbs the failover under load. */
const disturbed =
  (disturbanceOf: (run: Run) => Disturbance): Scenario =>
  (run) =>
    underLoad(run.subject, disturbanceOf(run));

/** A failover of its own, since the shared one stays. */
const ready: Scenario = async ({ subject, number }) => {
  const fresh = { ...subject, name: `${subject.name}-${number}` };
  try {
    const begun = performance.now();
    await createSubject(fresh);
    await becomesHealthy(fresh);
    return { durationMs: performance.now() - begun };
  } finally {
    await deleteSubject(fresh);
  }
};

const rest: Scenario = async ({ subject, options }) => {
  await settles(subject);
  await sleep(SETTLE_BEFORE_REST_MS);
  const position = await auditPosition();
  await sleep(MINUTE_MS);
  const counted = { userAgent: options.userAgent, namespace: subject.namespace };
  return { requests: await requestsSince(position, counted) };
};

const kill = disturbed(({ subject }) => ({
  ...usual,
  timeline: true,
  quietMs: QUIET_AFTER_CRASH_MS,
  disturb: ({ master }) => signalContainer({ ...redisOf(subject, master.name), signal: 'SIGKILL' }),
}));

const graceful = disturbed(({ subject }) => ({
  ...usual,
  quietMs: QUIET_AFTER_DELETION_MS,
  disturb: ({ master }) => deletePods(subject.namespace, [master.name]),
}));

const forced = disturbed(({ subject }) => ({
  ...usual,
  quietMs: QUIET_AFTER_CRASH_MS,
  disturb: ({ master }) => deletePods(subject.namespace, [master.name], { graceSeconds: 0 }),
}));

/** Complete when every Redis pod is another one. */
const roll = disturbed(({ subject, number }) => ({
  ...usual,
  quietMs: QUIET_AFTER_LONG_FAULT_MS,
  disturb: async ({ redis }) => {
    const replaced = new Set(redis.map(({ uid }) => uid));
    await changeSpec(subject, { redis: { tolerations: [{ key: `roll-${number}`, operator: 'Exists' }] } });
    await becomesHealthy(subject, (health) => health.redis.every(({ uid }) => !replaced.has(uid)));
  },
}));

const hang = disturbed(({ subject, options, undo }) => ({
  ...usual,
  quietMs: QUIET_AFTER_LONG_FAULT_MS,
  disturb: async ({ master }) => {
    const container = redisOf(subject, master.name);
    // The container may have been replaced meanwhile; then there is nothing to continue.
    const resume = () => signalContainer({ ...container, signal: 'SIGCONT' }).catch(() => undefined);
    const putBack = undo.add(`${master.name} continues`, resume);
    try {
      await signalContainer({ ...container, signal: 'SIGSTOP' });
      await sleep(options.hangMs);
    } finally {
      await putBack();
    }
  },
}));

const cut = disturbed(({ options, undo }) => ({
  lost: 'all',
  clients: 'elsewhere',
  quietMs: QUIET_AFTER_LONG_FAULT_MS,
  disturb: async ({ master }) => {
    const putBack = undo.add(`${master.node} is on the network`, () => rejoinNode(master.node));
    try {
      await cutNode(master.node);
      await sleep(options.cutMs);
    } finally {
      await putBack();
    }
  },
}));

const all = disturbed(({ subject }) => ({
  lost: 'before',
  clients: 'anywhere',
  quietMs: QUIET_AFTER_DELETION_MS,
  disturb: (before: Healthy) =>
    deletePods(
      subject.namespace,
      before.all.map(({ name }) => name),
    ),
}));

const redisOf = ({ namespace }: Subject, pod: string) => ({ namespace, pod, container: 'redis' });

/** One run of each scenario. Rejects when the failover does not recover; what was done to nodes is put back. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  ready,
  rest,
  kill,
  graceful,
  forced,
  roll,
  hang,
  cut,
  all,
};
