/**
 * One planned change of master in which no acknowledged write is lost: writes are paused in short slices that expire by
 * themselves, the replicas catch up, Sentinel elects among equals, and the old master follows before it may accept a
 * write again. If a step fails, the failover is called off and writes go on where they were.
 */
import { MASTER_NAME } from '../api/names.ts';
import { infoAgesOf, isGoodMoment } from '../core/info-moment.ts';
import { sameEndpoint } from '../core/situation.ts';
import type { Clock, Endpoint } from '../ports.ts';
import {
  type Caller,
  clientKillNormal,
  clientPauseWrites,
  clientUnpause,
  readRedisFacts,
  readRequiredReplicas,
  readSentinelReplicas,
  replicaOf,
  requireReplicas,
  role,
  sentinelFailover,
  sentinelMasterAddress,
} from '../redis/commands.ts';
import { RedisError } from '../redis/errors.ts';

/** A pause ends by itself after this long; it is renewed every third of it. */
const SLICE_MS = 600;
/** A replica that is connected counts for the fence even if it is this slow to acknowledge. */
const FENCE_LAG_SECONDS = 10;
/** How long the right moment is waited for, with writes going on: Sentinel's period and a turn of its timer. */
const MOMENT_LIMIT_MS = 1_300;
const CATCH_UP_MS = 1_000;
/** How long a promotion may take; writes stay paused for it, even if this operator ends in between. */
const PROMOTION_MS = 1_500;
const SWITCH_MS = 2_500;
const POLL_MS = 10;
const CALL_MS = 500;

export type Replica = { readonly pod: string; readonly endpoint: Endpoint; readonly caller: Caller };

export type HandOver = {
  readonly clock: Clock;
  readonly master: Caller;
  readonly replicas: readonly Replica[];
  /** Without one, the first of the replicas is promoted. */
  readonly sentinel: Caller | undefined;
  /** Whether to begin at once, not when Sentinel will soon look at the replicas. */
  readonly hurried: boolean;
  /** Calls the failover off: makes the Sentinel that leads it watch the old master anew, or the replica follow it again. */
  readonly callOff: () => Promise<void>;
  /** Moves the role label; runs as soon as the target is master. */
  readonly relabel: (target: Replica) => Promise<void>;
};

export type HandOverResult =
  | { readonly kind: 'done'; readonly target: string; readonly pausedMs: number }
  | { readonly kind: 'failed'; readonly step: string };

/** Runs the hand-over; bounded by the sum of its limits, and never leaves writes paused for longer than `PROMOTION_MS`. */
export const handOverMaster = async (context: HandOver): Promise<HandOverResult> => {
  if (!context.hurried) await rightMoment(context);
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
 * The steps that need the pause. From before the failover on the old master is fenced, so that it cannot take a write once a
 * replica has left it to be master, even if this operator ends in between: the next pass over the failover takes the
 * fence away.
 */
const promotedWhilePaused = async (context: HandOver): Promise<Replica | { readonly step: string }> => {
  const connected = await caughtUp(context);
  if (connected === undefined) return { step: 'a replica did not catch up while writes were paused' };
  const unfence = await fence(context.master, connected);
  await clientPauseWrites(context.master, PROMOTION_MS, CALL_MS);
  const refusal = await refusedFailover(context);
  const target = refusal === undefined ? await promoted(context) : undefined;
  if (target === undefined) {
    await context.callOff();
    if ((await newMaster(context)) === undefined) await unfence();
    return { step: refusal ?? 'no replica was promoted in time' };
  }
  await Promise.all([replicaOf(context.master, target.endpoint, CALL_MS), context.relabel(target)]);
  await switched(context, target);
  await clientKillNormal(context.master, CALL_MS);
  await unfence();
  await clientUnpause(context.master, CALL_MS);
  return target;
};

/**
 * Lets a master take writes only while all the replicas that it has now are connected: one that is promoted is not.
 * Resolves to what puts the setting back.
 */
const fence = async (master: Caller, replicas: number): Promise<() => Promise<void>> => {
  const before = await readRequiredReplicas(master, CALL_MS);
  if (before === undefined) return () => Promise.resolve();
  await requireReplicas(master, { toWrite: replicas, maxLagSeconds: FENCE_LAG_SECONDS }, CALL_MS);
  return () => requireReplicas(master, before, CALL_MS);
};

/** Waits until a failover would be seen soon after the promotion; in vain where Sentinel reads INFO every ten seconds. */
const rightMoment = async ({ clock, sentinel }: HandOver): Promise<void> => {
  if (sentinel === undefined) return;
  await within(clock, MOMENT_LIMIT_MS, async () => {
    const replicas = await readSentinelReplicas(sentinel, MASTER_NAME, CALL_MS);
    return isGoodMoment(infoAgesOf(replicas)) ? true : undefined;
  });
};

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

/** How many replicas the master has, once all of ours have applied all that it has; undefined when that takes too long. */
const caughtUp = (context: HandOver): Promise<number | undefined> =>
  within(context.clock, CATCH_UP_MS, async () => {
    const [master, ...replicas] = await Promise.all(
      [context.master, ...context.replicas.map((one) => one.caller)].map((caller) => readRedisFacts(caller, CALL_MS)),
    );
    const equal = master !== undefined && replicas.every((replica) => replica.offset >= master.offset);
    return equal ? master.connectedReplicas.length : undefined;
  });

const promoted = (context: HandOver): Promise<Replica | undefined> =>
  within(context.clock, PROMOTION_MS, () => newMaster(context));

/** The replica that is master by now, as far as they answer. */
const newMaster = async ({ replicas }: HandOver): Promise<Replica | undefined> => {
  const roles = await Promise.all(replicas.map((one) => role(one.caller, CALL_MS).catch(() => 'replica' as const)));
  return replicas[roles.indexOf('master')];
};

/** Asks Sentinel, or the replica; resolves to what it has against it, and rejects when it may have begun for all we know. */
const refusedFailover = async ({ sentinel, replicas }: HandOver): Promise<string | undefined> => {
  const [chosen] = replicas;
  try {
    if (sentinel !== undefined) await sentinelFailover(sentinel, MASTER_NAME, CALL_MS);
    else if (chosen !== undefined) await replicaOf(chosen.caller, 'no one', CALL_MS);
    return undefined;
  } catch (error) {
    if (error instanceof RedisError && error.code === 'reply')
      return `${sentinel === undefined ? 'the replica' : 'Sentinel'} refused: ${error.message}`;
    throw error;
  }
};

/** Waits until Sentinel names the target, so that clients which are dropped then find it. */
const switched = async ({ clock, sentinel }: HandOver, target: Replica): Promise<void> => {
  if (sentinel === undefined) return;
  await within(clock, SWITCH_MS, async () => {
    const address = await sentinelMasterAddress(sentinel, MASTER_NAME, CALL_MS);
    return address !== undefined && sameEndpoint(address, target.endpoint) ? true : undefined;
  });
};

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
