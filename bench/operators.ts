/** The operators that are measured: ours, and perhaps another one in its place. */

import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1.js';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import { say, step } from '../cluster/progress.ts';
import type { RedisFailover } from '../src/api/types.ts';
import { kubectl, kubectlJson } from '../test/e2e/harness/kubectl.ts';
import { OPERATOR_NAMESPACE, RELEASE } from '../test/e2e/harness/operator.ts';
import { installFresh } from './fresh.ts';
import type { Options, OtherOperator } from './options.ts';
import { startOutside } from './outside.ts';
import type { Subject } from './subject.ts';
import type { Undo } from './undo.ts';

/** One operator, which serves RedisFailovers after `start`. */
export type Operator = {
  readonly title: string;
  /** Its failover lies in a namespace of its own. */
  readonly subject: Subject;
  readonly start: () => Promise<void>;
};

const CRD = 'redisfailovers.databases.spotahome.com';
const CRD_VERSION = 'apiextensions.k8s.io/v1';
const CRD_KIND = 'CustomResourceDefinition';
const SELECTOR = `app.kubernetes.io/instance=${RELEASE}`;
const GONE_LIMIT = '60s';

const subjectOf = (namespace: string, reportsReady: Subject['reportsReady']): Subject => ({
  namespace,
  name: 'bench',
  reportsReady,
});

/** Those that the options ask for, in the order in which they are measured. */
export const operatorsOf = ({ other, strangers }: Options, undo: Undo): readonly Operator[] => {
  if (other === undefined) return [ours()];
  if (process.env['OPERATOR'] === 'outside')
    throw new Error('OPERATOR=outside and OPERATOR_COMMAND exclude each other');
  return [ours(), theirs({ other, strangers, undo })];
};

/** OPERATOR=outside leaves its start to the user. */
const ours = (): Operator => ({
  title: 'ours',
  subject: subjectOf('bench-ours', 'yes'),
  start: async () => {
    if (process.env['OPERATOR'] !== 'outside') await step('installing the operator', installFresh);
  },
});

type Theirs = { readonly other: OtherOperator; readonly undo: Undo } & Pick<Options, 'strangers'>;

/** Stays until everything is put back. */
const theirs = ({ other, strangers, undo }: Theirs): Operator => ({
  title: 'other',
  subject: subjectOf('bench-other', 'no'),
  start: async () => {
    if (strangers === 'refuse') await refuseStrangers();
    await takeDownOurs(undo);
    if (other.crd !== undefined) await replaceCrd(other.crd, undo);
    startOutside(other.command, undo);
  },
});

/** Its command would serve them, too. */
const refuseStrangers = async (): Promise<void> => {
  const { items } = await kubectlJson<{ readonly items: readonly RedisFailover[] }>(['get', CRD, '--all-namespaces']);
  const names = items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  if (names.length === 0) return;
  throw new Error(`the other operator would take over ${names.join(', ')}: delete them, or set STRANGERS=ignore`);
};

const takeDownOurs = async (undo: Undo): Promise<void> => {
  const where = ['--namespace', OPERATOR_NAMESPACE];
  const { items } = await kubectlJson<{ readonly items: readonly Deployment[] }>([
    'get',
    'deployments',
    ...where,
    '--selector',
    SELECTOR,
  ]);
  for (const { metadata, spec } of items) {
    const name = metadata?.name ?? '';
    const scale = (replicas: number) => kubectl(['scale', 'deployment', name, ...where, `--replicas=${replicas}`]);
    undo.add(`our operator runs (${name})`, () => scale(spec?.replicas ?? 1));
    await scale(0);
  }
  await kubectl(['wait', '--for=delete', 'pods', ...where, '--selector', SELECTOR, `--timeout=${GONE_LIMIT}`], {
    limitMs: 70_000,
  });
  say('  our operator is scaled to 0');
};

/**
 * Replaced as a whole, since versions of a CRD do not merge. Labels and annotations stay: by them Helm knows that the CRD
 * belongs to our release and must never be deleted, which would delete every RedisFailover.
 */
const replaceCrd = async (file: string, undo: Undo): Promise<void> => {
  const { metadata, spec } = await kubectlJson<CustomResourceDefinition>(['get', 'crd', CRD]);
  const { annotations, labels } = metadata ?? {};
  const put = (wanted: CustomResourceDefinition['spec']): Promise<string> => {
    const crd = { apiVersion: CRD_VERSION, kind: CRD_KIND, metadata: { name: CRD, annotations, labels }, spec: wanted };
    return kubectl(['replace', '-f', '-'], { input: JSON.stringify(crd) });
  };
  const other = await kubectlJson<CustomResourceDefinition>(['create', '--dry-run=client', '-f', file]);
  undo.add('our CRD is in place', () => put(spec));
  await put(other.spec);
  say(`  the CRD is that of ${file}`);
};
