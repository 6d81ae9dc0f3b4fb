/** The logs of everybody who takes part in a failover, with the time of every line. */
import { kubectl } from '../test/e2e/harness/kubectl.ts';
import { OPERATOR_NAMESPACE, operatorPods } from '../test/e2e/harness/operator.ts';
import { podsOf } from '../test/e2e/harness/pods.ts';
import type { Subject } from './subject.ts';
import { type LogLine, parseLog, type Source } from './timeline.ts';

const SINCE = '--since=60s';

type Pod = { readonly source: Source; readonly namespace: string; readonly name: string; readonly container?: string };

/** Of the last minute. An operator outside the cluster has none. */
export const logsOf = async (
  subject: Subject,
): Promise<readonly { readonly source: Source; readonly lines: readonly LogLine[] }[]> => {
  const { namespace } = subject;
  const ofComponent = async (component: 'redis' | 'sentinel'): Promise<readonly Pod[]> =>
    (await podsOf(subject, component)).map(({ name }) => ({
      source: component,
      namespace,
      name,
      container: component,
    }));
  const operators = (await operatorPods()).map(
    ({ metadata }): Pod => ({ source: 'operator', namespace: OPERATOR_NAMESPACE, name: metadata?.name ?? '' }),
  );
  const pods = [...(await ofComponent('redis')), ...(await ofComponent('sentinel')), ...operators];
  return Promise.all(pods.map(async (pod) => ({ source: pod.source, lines: parseLog(await logOf(pod)) })));
};

const logOf = ({ namespace, name, container }: Pod): Promise<string> => {
  const which = container === undefined ? [] : ['--container', container];
  return kubectl(['logs', name, '--namespace', namespace, ...which, '--timestamps', SINCE]);
};
