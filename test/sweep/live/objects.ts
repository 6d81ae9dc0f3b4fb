/** What the fields of the sweep refer to, in the namespace of the failover. */
import { REFERRED } from './fields.ts';

const scripts = (names: readonly string[], file: string): readonly object[] =>
  names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { [file]: 'true' } }));

const secret = (name: string, stringData: object): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
});

/** Config maps, service accounts and Secrets. */
export const referredObjects = (): readonly object[] => [
  ...scripts(REFERRED.startup, 'startup.sh'),
  ...scripts(REFERRED.shutdown, 'shutdown.sh'),
  ...REFERRED.account.map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })),
  ...REFERRED.login.map((name) => secret(name, { password: `of ${name}` })),
  secret('login-empty', { other: 'key' }),
];
