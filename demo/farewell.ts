/** The end: what to try on the cluster that is left running. */
import { isLocal } from '../cluster/state.ts';
import { masterServiceName, redisName } from '../src/api/names.ts';
import type { FailoverKey } from '../test/e2e/harness/pods.ts';
import { tell, tellCommand } from './narration.ts';

/** Prints a short list of commands. */
export const farewell = ({ name }: FailoverKey): void => {
  tell('\nEverything is left running. Things to try:\n');
  if (isLocal()) tellCommand('export KUBECONFIG=$PWD/.cluster/kubeconfig PATH=$PWD/.cluster/bin:$PATH');
  tellCommand('kubectl get redisfailover --watch');
  tellCommand(`kubectl describe redisfailover ${name}`);
  tellCommand(
    `kubectl exec ${redisName(name)}-0 -c redis -- redis-cli -h ${masterServiceName(name)} SET greeting hello`,
  );
  tellCommand(`kubectl delete pod -l redisfailovers-role=master,app.kubernetes.io/part-of=${name}`);
  tellCommand(`kubectl patch redisfailover ${name} --type merge -p '{"spec":{"redis":{"replicas":5}}}'`);
  tellCommand('make demo            # once more');
  if (isLocal()) tellCommand('make cluster-down    # removes every trace');
};
