/**
 * One planned change of master in which no acknowledged write is lost: writes are paused in short slices that expire by
 * themselves, the replicas catch up, Sentinel elects among equals, and the old master follows before it may accept a
 * write again. If a step fails, the failover is called off and writes go on where they were.
 */
import { MASTER_NAME } from '../api/names.ts';
import { infoAgesOf, isGoodMoment } from '../core/info-moment.ts';
import type { Clock, Endpoint } from '../ports.ts';
import {
  type Caller,
  clientKillNormal,
  clientPauseWrites,
  clientUnpause,
  readRedisFacts,
  readSentinelReplicas,
  replicaOf,
  role,
  sentinelFailover,
  sentinelMasterAddress,
} from '../redis/commands.ts';

/** A pause ends by itself after this long; it is renewed every third of it. */
const SLICE_MS = 600;
/** How long the right moment is waited for, with writes going on: Sentinel's period and a turn of its timer. */
const MOMENT_LIMIT_MS = 1_300;
const CATCH_UP_MS = 1_000;
const PROMOTION_MS = 1_500;
const SWITCH_MS = 2_500;
const POLL_MS = 10;
const CALL_MS = 500;

export type Replica = { readonly pod: string; readonly endpoint: Endpoint; readonly caller: Caller };

export type HandOver = {
  readonly clock: Clock;
  readonly master: Caller;
  readonly replicas: readonly Replica[];
  readonly sentinel: Caller;
  /** Calls the failover off: makes the Sentinel that leads it watch the old master anew. */
  readonly callOff: () => Promise<void>;
  /** Moves the role label; runs as soon as the target is master. */
  readonly relabel: (target: Replica) => Promise<void>;
};

export type HandOverResult =
  | { readonly kind: 'done'; readonly target: string; readonly pausedMs: number }
  | { readonly kind: 'failed'; readonly step: string };

/** Runs the hand-over; bounded by the sum of its limits, and never leaves writes paused for longer than a slice. */
export const handOverMaster = async (context: HandOver): Promise<HandOverResult> => {
  await rightMoment(context);
  const started = context.clock.monotonicMs();
  const pause = keepPaused(context);
  try {
    await pause.begun;
    const target = await promotedWhilePaused(context).finally(pause.end);
    if ('step' in target) {
      await clientUnpause(context.master, CALL_MS);
      return { kind: 'failed', step: target.step };
    }
    return { kind: 'done', target: target.pod, pausedMs: Math.round(context.clock.monotonicMs() - started) };
  } finally {
    pause.end();
  }
};

/**
 * The steps that need the pause. Once a replica is master the old one may not accept another write: when a step fails after
 * that, the pause is left to expire, and the next pass over the failover demotes it.
 */
const promotedWhilePaused = async (context: HandOver): Promise<Replica | { readonly step: string }> => {
  if (!(await caughtUp(context))) return { step: 'a replica did not catch up while writes were paused' };
  await sentinelFailover(context.sentinel, MASTER_NAME, CALL_MS);
  const target = await promoted(context);
  if (target === undefined) {
    await context.callOff();
    return { step: 'Sentinel promoted no replica in time' };
  }
  await Promise.all([replicaOf(context.master, target.endpoint, CALL_MS), context.relabel(target)]);
  await switched(context, target);
  await clientKillNormal(context.master, CALL_MS);
  await clientUnpause(context.master, CALL_MS);
  return target;
};

/** Waits until a failover would be seen soon after the promotion; in vain where Sentinel reads INFO every ten seconds. */
const rightMoment = ({ clock, sentinel }: HandOver): Promise<true | undefined> =>
  within(clock, MOMENT_LIMIT_MS, async () => {
    const replicas = await readSentinelReplicas(sentinel, MASTER_NAME, CALL_MS);
    return isGoodMoment(infoAgesOf(replicas)) ? true : undefined;
  });

/** Renews the pause until it is ended; a renewal that fails lets it expire, which is safe. */
const keepPaused = ({ clock, master }: HandOver): { readonly begun: Promise<void>; readonly end: () => void } => {
  const stop = new AbortController();
  const begun = clientPauseWrites(master, SLICE_MS, CALL_MS);
  const renew = async (): Promise<void> => {
    await begun;
    while (!stop.signal.aborted) {
      await clock.sleep(SLICE_MS / 3, stop.signal);
      await clientPauseWrites(master, SLICE_MS, CALL_MS);
    }
  };
  renew().catch(() => undefined);
  return { begun, end: () => stop.abort() };
};

/** Whether every replica has applied all that the master has, within the limit. */
const caughtUp = (context: HandOver): Promise<boolean> =>
  within(context.clock, CATCH_UP_MS, async () => {
    const [master, ...replicas] = await Promise.all(
      [context.master, ...context.replicas.map((one) => one.caller)].map((caller) => readRedisFacts(caller, CALL_MS)),
    );
    return master !== undefined && replicas.every((replica) => replica.offset >= master.offset) ? true : undefined;
  }).then((equal) => equal === true);

const promoted = (context: HandOver): Promise<Replica | undefined> =>
  within(context.clock, PROMOTION_MS, async () => {
    const roles = await Promise.all(
      context.replicas.map((one) => role(one.caller, CALL_MS).catch(() => 'replica' as const)),
    );
    return context.replicas[roles.indexOf('master')];
  });

/** Waits until Sentinel names the target, so that clients which are dropped then find it. */
const switched = (context: HandOver, target: Replica): Promise<true | undefined> =>
  within(context.clock, SWITCH_MS, async () => {
    const address = await sentinelMasterAddress(context.sentinel, MASTER_NAME, CALL_MS);
    return address?.host === target.endpoint.host ? true : undefined;
  });

/** Asks again and again until there is an answer or the time is over. */
const within = async <T>(
  clock: Clock,
  limitMs: number,
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> => {
  const deadline = clock.monotonicMs() + limitMs;
  while (clock.monotonicMs() < deadline) {
    const found = await probe();
    if (found !== undefined) return found;
    await clock.sleep(POLL_MS);
  }
  return undefined;
};
