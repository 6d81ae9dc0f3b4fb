/** The real API server: of $KUBECONFIG_UNDER_TEST, or of the local cluster. Fails when there is none. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Namespace } from 'kubernetes-types/core/v1.js';
import { createKubeApi } from '../../src/kube/client.ts';
import type { Resource } from '../../src/ports.ts';
import { systemClock, systemRandom } from '../../src/system.ts';
import { describeKubeApi, type Subject } from './kube-api.ts';

const NAMESPACES: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };

const connect = async (): Promise<Subject> => {
  const kubeconfig = process.env['KUBECONFIG_UNDER_TEST'] ?? '.cluster/kubeconfig';
  assert.ok(existsSync(kubeconfig), `no cluster to test against: ${kubeconfig} does not exist`);
  const api = createKubeApi({ kubeconfig, fieldManager: 'conformance', clock: systemClock, requestTimeoutMs: 10_000 });
  const name = `conformance-${systemRandom.uuid().slice(0, 8)}`;
  const signal = AbortSignal.timeout(20_000);
  const metadata = { name };
  await api.create<Namespace>(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata }, signal);
  const close = async (): Promise<void> => {
    await api.delete(NAMESPACES, { name }, AbortSignal.timeout(20_000));
    await api.close();
  };
  return { api, namespace: name, close };
};

describeKubeApi('the real API server', connect);
