/** The condition SentinelsAgree: whether all Sentinels that are asked for watch the master with the right quorum. */
import { failoverHistory } from './failover-history.ts';
import type { Why } from './plan.ts';
import { isHealthyWatch, type Situation, watchedBySentinels } from './situation.ts';

/** How long Sentinels may take to follow a new master, and a new Sentinel to be told of it, before that is a fault. */
const SETTLING_MS = 15_000;

/** A condition's status with its reason and message. */
export type Finding = Why & { readonly status: 'True' | 'False' | 'Unknown' };

/**
 * True when they agree. While a failover, a new Sentinel or a Sentinel on its way out settles it stays what it was, so that no
 * planned change makes it False. Unknown without a master to agree on.
 */
export const sentinelsAgree = (situation: Situation): Finding => {
  const lacking = whatSentinelsLack(situation);
  if (lacking === undefined)
    return { status: 'True', reason: 'Healthy', message: 'every Sentinel that is asked for watches the master' };
  const message = `waiting for ${lacking}`;
  const before = situation.failover.status?.conditions?.find(({ type }) => type === 'SentinelsAgree');
  if (before?.status === 'True' && isSettling(situation)) return { status: 'True', reason: 'Waiting', message };
  if (watchedBySentinels(situation) === undefined) return { status: 'Unknown', reason: 'NoMaster', message };
  return { status: 'False', reason: 'SentinelsDisagree', message };
};

/** Whether the Sentinels are on their way to a new master, or one of them comes or goes: soon they will agree. */
export const isAgreementNear = (situation: Situation): boolean =>
  watchedBySentinels(situation) !== undefined && whatSentinelsLack(situation) !== undefined && isSettling(situation);

const whatSentinelsLack = (situation: Situation): string | undefined => {
  const { watching, quorum, failover } = situation;
  const watched = watchedBySentinels(situation);
  if (watched === undefined) return 'a master that the Sentinels can agree on';
  const healthy = watching.filter((one) => isHealthyWatch(one, watched.host));
  const wanted = failover.spec.sentinel.replicas;
  if (healthy.length < wanted) return `${wanted - healthy.length} more Sentinels to agree on ${watched.name}`;
  const wrong = healthy.find((one) => one.answer.master.quorum !== quorum);
  return wrong && `${wrong.name} to have the quorum ${quorum}`;
};

const isSettling = (situation: Situation): boolean => {
  const { at, failover, failoverRunning, sentinels } = situation;
  const [newest] = failoverHistory(situation);
  const isNewMaster = at - Date.parse(newest?.promoted ?? '') < SETTLING_MS;
  const comesOrGoes = sentinels.some(({ deleting, createdAt }) => deleting || at - createdAt < SETTLING_MS);
  return failoverRunning || isNewMaster || comesOrGoes || sentinels.length < failover.spec.sentinel.replicas;
};
