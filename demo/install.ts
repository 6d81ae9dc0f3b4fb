/** The operator's chart, installed by the command that the README gives. */
import { installFresh } from '../bench/fresh.ts';
import { step } from '../cluster/progress.ts';
import { helm } from '../test/e2e/harness/kubectl.ts';
import { installOperator, OPERATOR_NAMESPACE, RELEASE } from '../test/e2e/harness/operator.ts';
import { show, tell } from './narration.ts';

const CHART = './helm/qs-redis-operator';

/** Installs the operator, or brings the one that is there up to date. OPERATOR=outside leaves that to the user. */
export const installShown = async (): Promise<void> => {
  if (process.env['OPERATOR'] === 'outside') {
    tell('An operator that you started yourself (OPERATOR=outside) is expected to be running.');
    return;
  }
  if (await isInstalled()) {
    tell('It is installed already; it is brought up to date.');
    await step('waiting until the operator works', installFresh);
  } else {
    await show(['helm', 'install', RELEASE, CHART]);
    await step('waiting until the operator works', installOperator);
  }
  await show(['kubectl', 'get', 'deployment', RELEASE, '--namespace', OPERATOR_NAMESPACE]);
};

const isInstalled = async (): Promise<boolean> => {
  const releases = await helm([
    'list',
    '--all',
    '--namespace',
    OPERATOR_NAMESPACE,
    '--filter',
    `^${RELEASE}$`,
    '--short',
  ]);
  return releases.trim() !== '';
};
