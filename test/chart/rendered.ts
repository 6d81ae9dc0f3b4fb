/** The chart as helm renders it, without a cluster. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1.js';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { Service } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { ClusterRole, Role } from 'kubernetes-types/rbac/v1.js';
import { parseAllDocuments } from 'yaml';

const ROOT = join(import.meta.dirname, '..', '..');
const LOCAL_HELM = join(ROOT, '.cluster', 'bin', 'helm');
const LIMIT_MS = 30_000;

/** Where the chart lies in the checkout. */
export const CHART = join(ROOT, 'helm', 'qs-redis-operator');

type Kinds = {
  readonly ClusterRole: ClusterRole;
  readonly CustomResourceDefinition: CustomResourceDefinition;
  readonly Deployment: Deployment;
  readonly PodDisruptionBudget: PodDisruptionBudget;
  readonly Role: Role;
  readonly Service: Service;
  readonly ServiceAccount: { readonly automountServiceAccountToken?: boolean };
  readonly ServiceMonitor: { readonly spec: { readonly endpoints: readonly { readonly interval: string }[] } };
};

type Manifest = { readonly kind: string; readonly metadata: ObjectMeta };

export type Rendered = {
  readonly all: readonly Manifest[];
  /** The objects of one kind, by name. */
  readonly kind: <K extends keyof Kinds>(kind: K) => readonly (Kinds[K] & { readonly metadata: ObjectMeta })[];
};

/** Runs helm. Throws what it says when it fails. */
export const helm = (args: readonly string[], input = ''): string =>
  execFileSync(existsSync(LOCAL_HELM) ? LOCAL_HELM : 'helm', args, {
    encoding: 'utf8',
    timeout: LIMIT_MS,
    stdio: 'pipe',
    input,
  });

/** Renders the chart as release `redis-operator` in namespace `operators`. Throws when the values are refused. */
export const render = (values: object = {}): Rendered => {
  const args = ['template', 'redis-operator', CHART, '--namespace', 'operators', '--values', '-'];
  const output = helm(args, JSON.stringify(values));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where YAML gets a type
  const all = parseAllDocuments(output).map((document) => document.toJS() as Manifest);
  return {
    all,
    kind: <K extends keyof Kinds>(kind: K) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the kind says
      all.filter((one) => one.kind === kind) as unknown as readonly (Kinds[K] & Manifest)[],
  };
};
