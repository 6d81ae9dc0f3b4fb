/** The operator of this checkout in the cluster: a new image has the tag of the old one, so pods must be told. */
import { kubectl } from '../test/e2e/harness/kubectl.ts';
import { installOperator, OPERATOR_NAMESPACE, operatorPods, RELEASE } from '../test/e2e/harness/operator.ts';

const WHERE = ['--namespace', OPERATOR_NAMESPACE];
const SELECTOR = ['--selector', `app.kubernetes.io/instance=${RELEASE}`];
const LIMIT_MS = 120_000;

/** Installs the operator, or upgrades it and starts its pods anew. Resolves when the new ones work. */
export const installFresh = async (): Promise<void> => {
  const running = await operatorPods();
  if (running.length > 0) {
    await installOperator();
    await kubectl(['rollout', 'restart', 'deployment', ...WHERE, ...SELECTOR]);
    await kubectl(['rollout', 'status', 'deployment', ...WHERE, ...SELECTOR], { limitMs: LIMIT_MS });
  }
  await installOperator();
};
