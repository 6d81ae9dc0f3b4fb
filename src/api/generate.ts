/**
 * `make generate`: writes the CRD into the chart, docs/spec.md and docs/reasons.md. When a cluster of the version that the embedded schemas are of is there
 * (`$KUBECONFIG`, or else the local one), their copy is read from it anew; without one the copy stays as it is.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trimmed } from './kubernetes-schemas.ts';
import type { OpenApiSchemas } from './openapi.ts';
import { reasonsDocument } from './reasons-document.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MINOR_VERSION = '1.34';
const COPY = join(import.meta.dirname, 'schema', `kubernetes-${MINOR_VERSION}.json`);
const LOCAL_KUBECTL = join(ROOT, '.cluster', 'bin', 'kubectl');
const LOCAL_KUBECONFIG = join(ROOT, '.cluster', 'kubeconfig');
const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/** Where the generated CRD lies in the checkout. */
const CRD_FILE = join(ROOT, 'helm', 'qs-redis-operator', 'files', 'redisfailovers.yaml');

/** Where users find what reasons mean. */
const REASONS_FILE = join(ROOT, 'docs', 'reasons.md');

/** Where users find what fields mean. */
const SPEC_FILE = join(ROOT, 'docs', 'spec.md');

const get = (path: string): string => {
  const kubectl = existsSync(LOCAL_KUBECTL) ? LOCAL_KUBECTL : 'kubectl';
  const kubeconfig = process.env['KUBECONFIG'] ?? LOCAL_KUBECONFIG;
  return execFileSync(kubectl, ['--kubeconfig', kubeconfig, 'get', '--raw', path], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_LIMIT_BYTES,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
};

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion -- the one place where JSON gets a type
const getJson = <T>(path: string): T => JSON.parse(get(path)) as T;

/** The minor version of the cluster's API server; undefined when there is none. */
const clusterVersion = (): string | undefined => {
  try {
    const { major, minor } = getJson<{ readonly major: string; readonly minor: string }>('/version');
    return `${major}.${minor.replace(/\D+$/, '')}`;
  } catch {
    return undefined;
  }
};

type Document = { readonly components: { readonly schemas: OpenApiSchemas } };

const version = clusterVersion();
if (version === MINOR_VERSION) {
  const { components } = getJson<Document>('/openapi/v3/api/v1');
  writeFileSync(COPY, `${JSON.stringify(trimmed(components.schemas), undefined, 1)}\n`);
  console.log(`schemas read from the cluster: ${COPY}`);
} else {
  console.log(`schemas as committed: ${version === undefined ? 'no cluster answers' : `the cluster is ${version}`}`);
}
// Imported only now, because it is made from the copy.
const { crdYaml } = await import('./crd.ts');
writeFileSync(CRD_FILE, crdYaml());
console.log(`CRD written: ${CRD_FILE}`);
const { specDocument } = await import('./spec-document.ts');
writeFileSync(SPEC_FILE, specDocument());
console.log(`fields written: ${SPEC_FILE}`);
writeFileSync(REASONS_FILE, reasonsDocument());
console.log(`reasons written: ${REASONS_FILE}`);
