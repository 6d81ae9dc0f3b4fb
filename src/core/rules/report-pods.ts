import { invalidExpressions } from '../labels.ts';
import type { Login, SentinelAccess } from '../observation.ts';
import type { Problem, Verdict } from '../plan.ts';
import { inSync, type Situation } from '../situation.ts';
import { isStuck, lacksPods } from '../stuck.ts';

/** Nothing tells of what Kubernetes warns of; it is asked this often. */
const LOOK_AGAIN_MS = 5_000;
/** A kubelet that has told of a failing probe often does it every five minutes. */
const PROBE_EVENT_MS = 360_000;
/** A container that answers is ready this long after its start, whatever its probes. */
const READY_GRACE_MS = 10_000;
/** A running pod may take this long to answer before it is reported. */
const ANSWER_GRACE_MS = 5_000;

/** Names what keeps single pods, or the login to them, from working, and what nobody can understand. It acts on nothing. */
export const reportPods = (situation: Situation): Verdict => {
  const { login, sentinelAccess } = situation;
  const pods = [...situation.redis, ...situation.sentinels];
  const problems: Problem[] = [...notCreated(situation), ...pods.flatMap((pod) => podProblem(situation, pod) ?? [])];
  const labels = invalidExpressions(situation.failover).map(
    (expression): Problem => ({
      reason: 'InvalidLabelWhitelist',
      message: `spec.labelWhitelist: ${JSON.stringify(expression)} is no regular expression and matches nothing`,
    }),
  );
  const secrets = [...missing('secretPath', login), ...missing('sentinelSecretPath', sentinelAccess.clients)];
  return {
    problems: [...secrets, ...problems, ...labels],
    ...(isUnderWay(situation) && { recheckMs: LOOK_AGAIN_MS }),
  };
};

/** Pods are to come or to become ready, which may get stuck at any time. */
const isUnderWay = ({ redis, sentinels, children: { statefulSet } }: Situation): boolean =>
  [...redis, ...sentinels].some(({ ready, deleting }) => !ready && !deleting) ||
  (statefulSet !== undefined && lacksPods(statefulSet, redis));

/** Why a workload gets no pod: what the Deployment says itself, and what Kubernetes says of the StatefulSet. */
const notCreated = ({ children: { statefulSet, deployment }, redis, warnings }: Situation): readonly Problem[] => {
  const warning = warnings.get(statefulSet?.metadata?.uid ?? '');
  const refused = deployment?.status?.conditions?.find(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  return [
    ...(statefulSet !== undefined && lacksPods(statefulSet, redis) && warning?.latest === true
      ? [{ reason: 'PodNotCreated', message: `StatefulSet ${statefulSet.metadata?.name}: ${said(warning)}` } as const]
      : []),
    ...(refused === undefined
      ? []
      : [
          {
            reason: 'PodNotCreated',
            message: `Deployment ${deployment?.metadata?.name}: ${said({ reason: 'FailedCreate', ...refused })}`,
          } as const,
        ]),
  ];
};

const said = ({ reason, message = '' }: { readonly reason: string; readonly message?: string }): string =>
  `${reason}: ${message}`;

const missing = (field: string, asked: Login | SentinelAccess['clients']): readonly Problem[] =>
  asked.kind === 'missing' ? [{ reason: 'SecretMissing', message: `spec.auth.${field}: ${asked.message}` }] : [];

const IMAGE_REASONS = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);
const FAILING_REASONS = new Set([
  'CrashLoopBackOff',
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
]);

type Pod = Situation['redis'][number] | Situation['sentinels'][number];

const podProblem = (situation: Situation, pod: Pod): Problem | undefined => {
  const { container, name } = pod;
  if (container.kind === 'running') return runningProblem(situation, pod, container.startedAt);
  if (container.kind !== 'waiting') return undefined;
  const warning = situation.warnings.get(pod.uid);
  const message = `${name}: ${said(container)}`;
  if (IMAGE_REASONS.has(container.reason)) return { reason: 'ImageNotPulled', message };
  if (FAILING_REASONS.has(container.reason))
    return { reason: 'PodNotStarting', message: [message, ...failingProbe(situation, pod)].join('; ') };
  if (container.reason === 'Unschedulable') return { reason: 'PodUnschedulable', message };
  return isStuck(pod, situation.at) && warning?.latest === true
    ? { reason: 'PodNotStarting', message: `${name}: ${said(warning)}` }
    : undefined;
};

const runningProblem = (situation: Situation, pod: Pod, startedAt: number): Problem | undefined => {
  const { answer, name, deleting } = pod;
  if (deleting) return undefined;
  const runsForMs = situation.at - startedAt;
  const probe = failingProbe(situation, pod);
  if (answer.kind === 'answer') {
    const isUnready = !pod.ready && runsForMs > READY_GRACE_MS && couldBeReady(situation, pod);
    return isUnready && probe.length > 0 ? { reason: 'ProbeFailing', message: `${name}: ${probe.join()}` } : undefined;
  }
  if (answer.why === 'auth') return { reason: 'WrongPassword', message: `${name}: ${answer.message}` };
  const silent = answer.why !== 'no-address' && runsForMs > ANSWER_GRACE_MS;
  return silent
    ? { reason: 'RedisUnreachable', message: [`${name} does not answer: ${answer.why}`, ...probe].join('; ') }
    : undefined;
};

/** What the kubelet says of a probe of the pod, which may be one that ended its container. */
const failingProbe = ({ warnings, at }: Situation, { uid, ready }: Pod): readonly string[] => {
  const warning = warnings.get(uid);
  const fails = !ready && warning?.reason === 'Unhealthy' && at - warning.at < PROBE_EVENT_MS;
  return fails ? [warning.message] : [];
};

/** A Redis that loads or copies, and a Sentinel that nobody told the master, are not ready by what they are. */
const couldBeReady = ({ answering, watching, master, port }: Situation, { uid }: Pod): boolean => {
  const redis = answering.find((pod) => pod.uid === uid);
  if (master === undefined || redis === undefined)
    return master !== undefined && watching.some((one) => one.uid === uid);
  return uid === master.uid || inSync(redis, master, port);
};
