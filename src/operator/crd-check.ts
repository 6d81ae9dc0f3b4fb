/** Compares the CRD in the cluster with what this operator needs, so that an old one is named instead of failing in riddles. */
import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1.js';
import { GROUP } from '../api/names.ts';
import { SCHEMA_VERSION, SCHEMA_VERSION_ANNOTATION } from '../api/schema-version.ts';
import { KubeApiError } from '../kube/errors.ts';
import type { KubeApi } from '../ports.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from './kinds.ts';
import type { Health } from './server.ts';

const NAME = `redisfailovers.${GROUP}`;
const REMEDY = 'apply helm/qs-redis-operator/files/redisfailovers.yaml, as docs/migration.md says';
const UNSTORED = '. Until then no status is written: all reports are Events and lines of this log';

/** `storesStatus`: it has our status; a CRD that cannot be read may have it. */
export type CrdHealth = Health & { readonly storesStatus: boolean };

/** Healthy when the CRD exists with at least our schema version. */
export const checkCrd = async (api: KubeApi, signal: AbortSignal): Promise<CrdHealth> => {
  const found = await read(api, signal);
  if (found instanceof KubeApiError)
    return { healthy: false, message: `the CRD ${NAME} cannot be read: ${found.message}`, storesStatus: true };
  if (found === undefined)
    return { healthy: false, message: `the CRD ${NAME} is not installed: ${REMEDY}`, storesStatus: true };
  const version = Number(found.metadata?.annotations?.[SCHEMA_VERSION_ANNOTATION] ?? 0);
  // That of spotahome has no status, and that of a fork another one.
  const storesStatus = version > 0;
  if (version >= SCHEMA_VERSION) return { healthy: true, message: 'ok', storesStatus };
  return {
    healthy: false,
    message: `the CRD ${NAME} has schema version ${version}, needed is ${SCHEMA_VERSION}: ${REMEDY}${storesStatus ? '' : UNSTORED}`,
    storesStatus,
  };
};

/** An API server that is away, or a missing permission, is a finding too. */
const read = async (
  api: KubeApi,
  signal: AbortSignal,
): Promise<CustomResourceDefinition | KubeApiError | undefined> => {
  try {
    return await api.get<CustomResourceDefinition>(CUSTOM_RESOURCE_DEFINITIONS, { name: NAME }, signal);
  } catch (error) {
    if (error instanceof KubeApiError) return error;
    throw error;
  }
};
