/** The cluster's certificates: one authority, one certificate for each component, kubeconfig files around them. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';
import { API_PORT, API_SERVICE_IP, CONTROL_IP, type Node, PKI } from './layout.ts';

const VALID_DAYS = '3650';
const OPENSSL_CONFIG = `
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
[component]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
`;

/** Who a certificate speaks for. Kubernetes reads the user from CN and the groups from O. */
type Subject = { readonly name: string; readonly user: string; readonly group?: string; readonly addresses?: string };

const API_NAMES = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'];
const API_ADDRESSES = ['127.0.0.1', CONTROL_IP, API_SERVICE_IP];

const subjectsOf = (nodes: readonly Node[]): readonly Subject[] => [
  {
    name: 'apiserver',
    user: 'kube-apiserver',
    addresses: [...API_NAMES.map((name) => `DNS:${name}`), ...API_ADDRESSES.map((ip) => `IP:${ip}`)].join(','),
  },
  { name: 'apiserver-kubelet-client', user: 'kube-apiserver-kubelet-client', group: 'system:masters' },
  { name: 'admin', user: 'admin', group: 'system:masters' },
  { name: 'controller-manager', user: 'system:kube-controller-manager' },
  { name: 'scheduler', user: 'system:kube-scheduler' },
  { name: 'proxy', user: 'system:kube-proxy' },
  { name: 'coredns', user: 'system:coredns' },
  { name: 'volumes', user: 'system:volumes' },
  ...nodes.map((node) => ({
    name: node.name,
    user: `system:node:${node.name}`,
    group: 'system:nodes',
    addresses: `DNS:${node.name},IP:${node.ip}`,
  })),
];

/** The path of a component's certificate, key or kubeconfig. */
export const pki = (file: string): string => join(PKI, file);

/** Makes the certificates and kubeconfig files that do not exist yet. */
export const ensureCertificates = async (nodes: readonly Node[]): Promise<void> => {
  await mkdir(PKI, { recursive: true, mode: 0o700 });
  await writeFile(pki('openssl.cnf'), OPENSSL_CONFIG);
  if (!existsSync(pki('ca.crt'))) await sign({ name: 'ca', user: 'redis-operator-cluster' });
  if (!existsSync(pki('service-accounts.key'))) await serviceAccountKey();
  const missing = subjectsOf(nodes).filter((subject) => !existsSync(pki(`${subject.name}.kubeconfig`)));
  await Promise.all(
    missing.map(async (subject) => {
      await sign(subject);
      const server = `https://${CONTROL_IP}:${API_PORT}`;
      await writeFile(pki(`${subject.name}.kubeconfig`), await kubeconfig(subject.name, server), { mode: 0o600 });
    }),
  );
};

const sign = async (subject: Subject): Promise<void> => {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-noenc',
    '-keyout',
    pki(`${subject.name}.key`),
  ];
  const name = `${subject.group === undefined ? '' : `/O=${subject.group}`}/CN=${subject.user}`;
  const authority = subject.name === 'ca' ? [] : ['-CA', pki('ca.crt'), '-CAkey', pki('ca.key')];
  const kind = ['-extensions', subject.name === 'ca' ? 'authority' : 'component'];
  const addresses = subject.addresses === undefined ? [] : ['-addext', `subjectAltName=${subject.addresses}`];
  const common = ['openssl', 'req', '-x509', '-config', pki('openssl.cnf'), '-days', VALID_DAYS, '-subj', name];
  // Renamed when complete: a certificate that exists is whole.
  const unfinished = pki(`${subject.name}.crt.unfinished`);
  await run([...common, ...key, ...authority, ...kind, ...addresses, '-out', unfinished]);
  await rename(unfinished, pki(`${subject.name}.crt`));
};

const serviceAccountKey = async (): Promise<void> => {
  const unfinished = pki('service-accounts.key.unfinished');
  await run(['openssl', 'genrsa', '-out', unfinished, '2048']);
  await run(['openssl', 'rsa', '-in', unfinished, '-pubout', '-out', pki('service-accounts.pub')]);
  await rename(unfinished, pki('service-accounts.key'));
};

const base64 = (file: string): Promise<string> => readFile(pki(file), 'base64');

/** A kubeconfig that holds its certificates, so that it can be copied anywhere. */
export const kubeconfig = async (name: string, server: string): Promise<string> => {
  const cluster = { server, 'certificate-authority-data': await base64('ca.crt') };
  const user = {
    'client-certificate-data': await base64(`${name}.crt`),
    'client-key-data': await base64(`${name}.key`),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'redis-operator-local', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'redis-operator-local', context: { cluster: 'redis-operator-local', user: name } }],
    'current-context': 'redis-operator-local',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
};
