/** What pods on an older revision of the StatefulSet were made from. */
import type { ControllerRevision, StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import type { Observation, PodFacts } from '../core/observation.ts';
import { withDeadline } from '../kube/deadline.ts';
import { KubeApiError } from '../kube/errors.ts';
import { CALL_MS } from './connections.ts';
import type { Context, Memory } from './context.ts';
import { CONTROLLER_REVISIONS } from './kinds.ts';

/** The patch of the StatefulSet that its controller keeps of each revision. */
type Kept = ControllerRevision & { readonly data?: { readonly spec?: { readonly template?: PodTemplateSpec } } };

type Subject = {
  readonly namespace: string;
  readonly statefulSet: StatefulSet | undefined;
  readonly pods: readonly Pick<PodFacts, 'revision'>[];
  readonly memory: Pick<Memory, 'templates'>;
};

/**
 * By revision: asked for once, and only during a roll. A revision that is missing in the answer could not be read this time;
 * one that does not exist or may not be read is `gone`. Never rejects because of the API server.
 */
export const oldTemplates = async (
  context: Pick<Context, 'api' | 'clock'>,
  { namespace, statefulSet, pods, memory }: Subject,
  signal: AbortSignal,
): Promise<Observation['oldTemplates']> => {
  const current = statefulSet?.status?.updateRevision;
  const names = new Set(pods.flatMap(({ revision }) => (revision === current ? [] : (revision ?? []))));
  for (const name of memory.templates.keys()) if (!names.has(name)) memory.templates.delete(name);
  const found = new Map<string, PodTemplateSpec | 'gone'>();
  for (const name of names) {
    const template = memory.templates.get(name) ?? (await read(context, { namespace, name }, signal));
    if (template !== undefined) found.set(name, template);
    if (template !== undefined && template !== 'gone') memory.templates.set(name, template);
  }
  return found;
};

const read = async (
  { api, clock }: Pick<Context, 'api' | 'clock'>,
  key: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
): Promise<PodTemplateSpec | 'gone' | undefined> => {
  try {
    const revision = await withDeadline({ clock, timeoutMs: CALL_MS, signal }, (limited) =>
      api.get<Kept>(CONTROLLER_REVISIONS, key, limited),
    );
    return revision?.data?.spec?.template ?? 'gone';
  } catch (error) {
    if (!(error instanceof KubeApiError)) throw error;
    return error.code === 'forbidden' ? 'gone' : undefined;
  }
};
