/** One run of a scenario in which both clients write all the while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kubectl } from '../test/e2e/harness/kubectl.ts';
import { acknowledged, type Load, startLoad, stopLoad, writesAgain } from '../test/e2e/harness/load.ts';
import type { Gap, Summary } from './client/events.ts';
import { now } from './client/load.ts';
import { logsOf } from './logs.ts';
import { type PerClient, type Sample, writingOf } from './sample.ts';
import { becomesHealthy, type Healthy, type Subject, settles } from './subject.ts';
import { timelineOf } from './timeline.ts';

/** Writes before the fault. */
const LEAD_MS = 2_000;
/** Writes after everything is well again. */
const TRAIL_MS = 2_000;

export type Disturbance = {
  /** Resolves when the fault is over, or the change is complete. */
  readonly disturb: (before: Healthy) => Promise<unknown>;
  /** How long the clients are left in peace after it; asking them takes time of the processor. */
  readonly quietMs: number;
  /** Which keys count as lost: all, or those acknowledged before the fault. */
  readonly lost: 'all' | 'before';
  /** `elsewhere`: the clients do not run on the master's node. */
  readonly clients: 'anywhere' | 'elsewhere';
  /** Whether the logs of the failover are read for a picture of it. */
  readonly timeline?: true;
};

const longestOf = ({ sentinel, service }: PerClient<Summary>): PerClient<Gap | undefined> => ({
  sentinel: longest(sentinel),
  service: longest(service),
});

const longest = ({ gaps }: Summary): Gap | undefined =>
  gaps.toSorted((one, other) => other.durationMs - one.durationMs)[0];

/** From a settled failover to a settled failover. */
export const underLoad = async (subject: Subject, disturbance: Disturbance): Promise<Sample> => {
  const before = await settles(subject);
  const { node } = before.master;
  const load = await startLoad(subject, disturbance.clients === 'elsewhere' ? { avoidNode: node } : {});
  try {
    await sleep(LEAD_MS);
    const disturbedAt = now();
    await disturbance.disturb(before);
    const durationMs = now() - disturbedAt;
    await sleep(disturbance.quietMs);
    await recover(subject, load);
    const until = disturbance.lost === 'before' ? disturbedAt : Number.POSITIVE_INFINITY;
    const summaries = await stopLoad(load);
    const timeline =
      disturbance.timeline === true ? timelineOf(await logsOf(subject), longestOf(summaries)) : undefined;
    return { writing: writingOf(summaries, until), durationMs, ...(timeline && { timeline }) };
  } finally {
    await kubectl(['delete', 'pod', load.pod, '--namespace', subject.namespace, '--wait=false', '--ignore-not-found']);
  }
};

const recover = async (subject: Subject, load: Load): Promise<void> => {
  await writesAgain(load, await acknowledged(load));
  await becomesHealthy(subject);
  await sleep(TRAIL_MS);
  await writesAgain(load, await acknowledged(load));
};
