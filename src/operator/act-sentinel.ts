/** The actions on Sentinels. */
import { MASTER_NAME } from '../api/names.ts';
import { type SentinelLogin, sentinelLogin } from '../core/credentials.ts';
import type { ActionOf } from '../core/plan.ts';
import { sentinelLines } from '../core/sentinel-lines.ts';
import type { Endpoint } from '../ports.ts';
import { isSentinelLoggedIn } from '../redis/acl.ts';
import {
  readSentinelFacts,
  sentinelAuthenticate,
  sentinelFailover,
  sentinelInfoPeriod,
  sentinelMonitor,
  sentinelRemove,
  sentinelSet,
} from '../redis/commands.ts';
import type { Link } from '../redis/links.ts';
import { CALL_MS } from './connections.ts';
import type { Context } from './context.ts';
import { applyLine, type ConfigLedger, type Process } from './custom-config.ts';
import { DONE, type Occasion, type Outcome, redisLink, sentinelLink } from './occasion.ts';

/** Asks one Sentinel for a failover, if it still watches the master that is gone. */
export const requestFailover = async (
  context: Context,
  occasion: Occasion,
  action: ActionOf<'request-failover'>,
): Promise<Outcome> => {
  occasion.memory.failoverRequestedAt = context.clock.now();
  const link = sentinelLink(context, occasion, action.target);
  const facts = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (facts.master?.ip !== action.watched.host)
    return { kind: 'outdated', because: 'the Sentinel watches another master by now' };
  await sentinelFailover(link, MASTER_NAME, CALL_MS);
  return DONE;
};

/** Makes a Sentinel watch the master anew, with all settings. */
export const monitor = async (context: Context, occasion: Occasion, action: ActionOf<'monitor'>): Promise<Outcome> => {
  const link = sentinelLink(context, occasion, action.target);
  const facts = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (facts.master?.flags.includes('failover_in_progress') === true)
    return { kind: 'outdated', because: 'a failover began' };
  const login = sentinelLogin(occasion.situation);
  await watchAnew(link, { master: action.master, quorum: action.quorum, login });
  if (login !== undefined) occasion.memory.sentinelLogins.set(action.target.id, login);
  const lines = sentinelLines(occasion.situation.failover.spec.sentinel);
  await setSentinelLines(occasion.memory.ledger, {
    link,
    process: { uid: action.target.uid, id: action.target.id },
    lines,
  });
  return DONE;
};

/** Lets a Sentinel watch nothing, if it still watches what was seen. */
export const forgetMaster = async (
  context: Context,
  occasion: Occasion,
  { target, watched }: ActionOf<'forget-master'>,
): Promise<Outcome> => {
  const link = sentinelLink(context, occasion, target);
  const { master } = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (master?.ip !== watched.host || master.port !== watched.port)
    return { kind: 'outdated', because: 'the Sentinel watches something else by now' };
  await sentinelRemove(link, MASTER_NAME, CALL_MS);
  return DONE;
};

/** Gives a Sentinel the login to the master, unless it turns out to have it. */
export const authenticateSentinel = async (
  context: Context,
  occasion: Occasion,
  action: ActionOf<'authenticate-sentinel'>,
): Promise<Outcome> => {
  const { target, askFirst } = action;
  const login = sentinelLogin(occasion.situation);
  if (login === undefined) return { kind: 'outdated', because: 'there is no password' };
  const { user } = login;
  const isLoggedIn =
    user !== undefined &&
    askFirst !== undefined &&
    (await isSentinelLoggedIn(redisLink(context, occasion, askFirst), { id: target.id, user }, CALL_MS));
  if (!isLoggedIn) {
    await sentinelAuthenticate(sentinelLink(context, occasion, target), { name: MASTER_NAME, login }, CALL_MS);
  }
  occasion.memory.sentinelLogins.set(target.id, login);
  return { kind: 'done', fields: { isLoggedIn } };
};

/** Sets quorum, pace and customConfig where they differ. */
export const configureSentinel = async (
  context: Context,
  occasion: Occasion,
  action: ActionOf<'configure-sentinel'>,
): Promise<Outcome> => {
  const link = sentinelLink(context, occasion, action.target);
  const facts = await readSentinelFacts(link, MASTER_NAME, CALL_MS);
  if (facts.master === undefined) return { kind: 'outdated', because: 'it watches no master any more' };
  if (action.infoPeriodMs !== undefined) await sentinelInfoPeriod(link, action.infoPeriodMs, CALL_MS);
  if (facts.master.quorum !== action.quorum) {
    await sentinelSet(link, { name: MASTER_NAME, option: 'quorum', value: String(action.quorum) }, CALL_MS);
  }
  await setSentinelLines(occasion.memory.ledger, {
    link,
    process: { uid: action.target.uid, id: facts.myId },
    lines: action.lines,
  });
  return DONE;
};

/** REMOVE and MONITOR. */
export const watchAnew = (
  link: Link,
  {
    master,
    quorum,
    login,
  }: { readonly master: Endpoint; readonly quorum: number; readonly login: SentinelLogin | undefined },
): Promise<void> =>
  sentinelMonitor(
    link,
    { name: MASTER_NAME, endpoint: master, quorum, ...(login !== undefined && { login }) },
    CALL_MS,
  );

const setSentinelLines = async (
  ledger: ConfigLedger,
  { link, process, lines }: { readonly link: Link; readonly process: Process; readonly lines: readonly string[] },
): Promise<void> => {
  for (const line of lines) {
    await applyLine(ledger, { process, line }, async ({ parameter, value }) => {
      await sentinelSet(link, { name: MASTER_NAME, option: parameter, value }, CALL_MS);
      return 'accepted';
    });
  }
};
