import { invalidExpressions } from '../labels.ts';
import type { Login, PodFacts, SentinelAccess, Unreachable } from '../observation.ts';
import type { Problem, Verdict } from '../plan.ts';
import type { Situation } from '../situation.ts';

/** A running pod may take this long to answer before it is reported. */
const ANSWER_GRACE_MS = 5_000;

/** Names what keeps single pods, or the login to them, from working, and what nobody can understand. It acts on nothing. */
export const reportPods = (situation: Situation): Verdict => {
  const { login, sentinelAccess, at } = situation;
  const problems: Problem[] = [...situation.redis, ...situation.sentinels].flatMap((pod) => podProblem(pod, at) ?? []);
  const labels = invalidExpressions(situation.failover).map(
    (expression): Problem => ({
      reason: 'InvalidLabelWhitelist',
      message: `spec.labelWhitelist: ${JSON.stringify(expression)} is no regular expression and matches nothing`,
    }),
  );
  const secrets = [...missing('secretPath', login), ...missing('sentinelSecretPath', sentinelAccess.clients)];
  return { problems: [...secrets, ...problems, ...labels] };
};

const missing = (field: string, asked: Login | SentinelAccess['clients']): readonly Problem[] =>
  asked.kind === 'missing' ? [{ reason: 'SecretMissing', message: `spec.auth.${field}: ${asked.message}` }] : [];

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);
const FAILING_REASONS = new Set([
  'CrashLoopBackOff',
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
]);

const podProblem = (
  pod: PodFacts & { readonly answer: { readonly kind: 'answer' } | Unreachable },
  at: number,
): Problem | undefined => {
  const { container, answer, name } = pod;
  if (container.kind === 'waiting') {
    const message = `${name}: ${container.reason}: ${container.message}`;
    if (IMAGE_REASONS.has(container.reason)) return { reason: 'ImageNotPulled', message };
    if (FAILING_REASONS.has(container.reason)) return { reason: 'PodNotStarting', message };
    return container.reason === 'Unschedulable' ? { reason: 'PodUnschedulable', message } : undefined;
  }
  if (answer.kind === 'answer' || container.kind !== 'running' || pod.deleting) return undefined;
  if (answer.why === 'auth') return { reason: 'WrongPassword', message: `${name}: ${answer.message}` };
  const silent = answer.why !== 'no-address' && at - container.startedAt > ANSWER_GRACE_MS;
  return silent ? { reason: 'RedisUnreachable', message: `${name} does not answer: ${answer.why}` } : undefined;
};
