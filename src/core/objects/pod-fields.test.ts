import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXPORTER_IMAGE } from '../../api/pod-schema.ts';
import type { PodSettings } from '../../api/pod-types.ts';
import type { RedisFailoverSpec } from '../../api/types.ts';
import { at, build } from './fixtures.ts';
import { isRecord } from './json.ts';

const POD = { redis: 'StatefulSet/rfr-test spec.template.spec', sentinel: 'Deployment/rfs-test spec.template.spec' };
const TEMPLATE = { redis: 'StatefulSet/rfr-test spec.template', sentinel: 'Deployment/rfs-test spec.template' };
const PROBE = { exec: { command: ['true'] } };
const RIGHTS = { runAsUser: 1001 };
const SPREAD = [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }];

type Case = readonly [settings: PodSettings, place: string, value: unknown];

/** Of both components alike: the settings, a place in the pod's spec, and what stands there. */
const BOTH: Readonly<Record<string, Case>> = {
  command: [{ command: ['a', 'b'] }, 'containers.0.command', ['a', 'b']],
  extraContainers: [{ extraContainers: [{ name: 'side', image: 'x' }] }, 'containers.1.name', 'side'],
  extraVolumeMounts: [
    { extraVolumeMounts: [{ name: 'extra', mountPath: '/extra' }], extraVolumes: [{ name: 'extra', emptyDir: {} }] },
    'containers.0.volumeMounts.-1',
    { name: 'extra', mountPath: '/extra' },
  ],
  securityContext: [{ securityContext: RIGHTS }, 'securityContext', RIGHTS],
  containerSecurityContext: [{ containerSecurityContext: RIGHTS }, 'containers.0.securityContext', RIGHTS],
  imagePullSecrets: [{ imagePullSecrets: [{ name: 'registry' }] }, 'imagePullSecrets', [{ name: 'registry' }]],
  topologySpreadConstraints: [{ topologySpreadConstraints: SPREAD }, 'topologySpreadConstraints', SPREAD],
  hostNetwork: [{ hostNetwork: true }, 'hostNetwork', true],
  'hostNetwork, names': [{ hostNetwork: true }, 'dnsPolicy', 'ClusterFirstWithHostNet'],
  dnsPolicy: [{ hostNetwork: true, dnsPolicy: 'Default' }, 'dnsPolicy', 'Default'],
  priorityClassName: [{ priorityClassName: 'high' }, 'priorityClassName', 'high'],
  serviceAccountName: [{ serviceAccountName: 'redis' }, 'serviceAccountName', 'redis'],
  'serviceAccountName, its old name': [{ serviceAccountName: 'redis' }, 'serviceAccount', 'redis'],
  'serviceAccountName, its token': [{ serviceAccountName: 'redis' }, 'automountServiceAccountToken', undefined],
  customLivenessProbe: [{ customLivenessProbe: PROBE }, 'containers.0.livenessProbe', PROBE],
  customReadinessProbe: [{ customReadinessProbe: PROBE }, 'containers.0.readinessProbe', PROBE],
  customStartupProbe: [{ customStartupProbe: PROBE }, 'containers.0.startupProbe', PROBE],
  'exporter, image': [{ exporter: { enabled: true, image: 'e:1' } }, 'containers.1.image', 'e:1'],
  'exporter, the default image': [{ exporter: { enabled: true } }, 'containers.1.image', EXPORTER_IMAGE],
  'exporter, its pull policy': [
    { exporter: { enabled: true, imagePullPolicy: 'Always' } },
    'containers.1.imagePullPolicy',
    'Always',
  ],
  'exporter, the default pull policy': [
    { exporter: { enabled: true } },
    'containers.1.imagePullPolicy',
    'IfNotPresent',
  ],
  'exporter, arguments': [{ exporter: { enabled: true, args: ['-x'] } }, 'containers.1.args', ['-x']],
  'exporter, rights': [
    { exporter: { enabled: true, containerSecurityContext: RIGHTS } },
    'containers.1.securityContext',
    RIGHTS,
  ],
  'exporter, resources': [
    { exporter: { enabled: true, resources: { limits: { cpu: '1' } } } },
    'containers.1.resources',
    { limits: { cpu: '1' } },
  ],
  'exporter, first variable': [
    { exporter: { enabled: true, env: [{ name: 'A', value: 'b' }] } },
    'containers.1.env.0',
    { name: 'A', value: 'b' },
  ],
  'no exporter': [{ exporter: { enabled: false, image: 'e:1' } }, 'containers.1', undefined],
};

/** Of one component: the spec, the object and place, and what stands there. */
const ONE: Readonly<Record<string, readonly [spec: RedisFailoverSpec, place: string, value: unknown]>> = {
  'redis.initContainers are the only ones': [
    { redis: { initContainers: [{ name: 'first', image: 'x' }] } },
    `${POD.redis}.initContainers.0.name`,
    'first',
  ],
  'and know Redis’ port after their own variables': [
    { redis: { port: 7000, initContainers: [{ name: 'first', image: 'x', env: [{ name: 'A', value: 'b' }] }] } },
    `${POD.redis}.initContainers.0.env.2`,
    { name: 'REDIS_PORT', value: '7000' },
  ],
  'redis.extraContainers know the password': [
    { auth: { secretPath: 'login' }, redis: { extraContainers: [{ name: 'side', image: 'x' }] } },
    `${POD.redis}.containers.1.env.3.valueFrom.secretKeyRef.name`,
    'login',
  ],
  'the exporter refers to the password': [
    { auth: { secretPath: 'login' }, redis: { exporter: { enabled: true } } },
    `${POD.redis}.containers.1.env.4.valueFrom.secretKeyRef`,
    { name: 'login', key: 'password' },
  ],
  'the exporter of Sentinel asks Sentinel and serves on a port of its own': [
    { auth: { secretPath: 'login' }, sentinel: { exporter: { enabled: true } } },
    `${POD.sentinel}.containers.1.env`,
    [
      { name: 'REDIS_ALIAS', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'REDIS_EXPORTER_WEB_LISTEN_ADDRESS', value: '0.0.0.0:9355' },
      { name: 'REDIS_ADDR', value: 'redis://127.0.0.1:26379' },
    ],
  ],
  'sentinel.imagePullPolicy is Sentinel’s': [
    { sentinel: { imagePullPolicy: 'Always' } },
    `${POD.sentinel}.containers.0.imagePullPolicy`,
    'Always',
  ],
  'and that of the copy': [
    { sentinel: { imagePullPolicy: 'Always' } },
    `${POD.sentinel}.initContainers.0.imagePullPolicy`,
    'Always',
  ],
  'sentinel.initContainers come after the copy': [
    { sentinel: { initContainers: [{ name: 'second', image: 'x' }] } },
    `${POD.sentinel}.initContainers.1.name`,
    'second',
  ],
  'sentinel.configCopy has rights of its own': [
    { sentinel: { configCopy: { containerSecurityContext: RIGHTS } } },
    `${POD.sentinel}.initContainers.0.securityContext`,
    RIGHTS,
  ],
  'redis.terminationGracePeriod is the pod’s': [
    { redis: { terminationGracePeriod: 90 } },
    `${POD.redis}.terminationGracePeriodSeconds`,
    90,
  ],
  'and 0 means the default': [
    { redis: { terminationGracePeriod: 0 } },
    `${POD.redis}.terminationGracePeriodSeconds`,
    30,
  ],
  'redis.shutdownConfigMap is where the script was': [
    { redis: { shutdownConfigMap: 'mine' } },
    `${POD.redis}.volumes.1.configMap.name`,
    'mine',
  ],
  'and runs after ours': [
    { redis: { shutdownConfigMap: 'mine' } },
    `${POD.redis}.containers.0.lifecycle.preStop.exec.command.2`,
    '/bin/sh /redis-operator-shutdown/shutdown.sh; exec /bin/sh /redis-shutdown/shutdown.sh',
  ],
  'redis.startupConfigMap must succeed after our check': [
    { redis: { startupConfigMap: 'mine' } },
    `${POD.redis}.containers.0.startupProbe.exec.command.2`,
    '/bin/sh /redis-readiness/start.sh && exec /bin/sh /redis-startup/startup.sh',
  ],
  'sentinel.startupConfigMap as well': [
    { sentinel: { startupConfigMap: 'mine' } },
    `${POD.sentinel}.containers.0.startupProbe.exec.command.2`,
    '/bin/sh /sentinel-probes/start.sh && exec /bin/sh /sentinel-startup/startup.sh',
  ],
  'redis.serviceAnnotations are on the Service of the master': [
    { redis: { serviceAnnotations: { note: 'x' } } },
    'Service/rfrm-test metadata.annotations.note',
    'x',
  ],
  'and on that of all pods': [
    { redis: { serviceAnnotations: { note: 'x' } } },
    'Service/rfr-test metadata.annotations.note',
    'x',
  ],
  'and on that of the replicas': [
    { redis: { serviceAnnotations: { note: 'x' } } },
    'Service/rfrs-test metadata.annotations.note',
    'x',
  ],
  'sentinel.serviceAnnotations are on its Service': [
    { sentinel: { serviceAnnotations: { note: 'x' } } },
    'Service/rfs-test metadata.annotations.note',
    'x',
  ],
  'the metrics of Redis have a port of the headless Service': [
    { redis: { exporter: { enabled: true } } },
    'Service/rfr-test spec.ports.1',
    { name: 'http-metrics', port: 9121, targetPort: 9121, protocol: 'TCP' },
  ],
  'redis.disablePodDisruptionBudget leaves it out': [
    { redis: { disablePodDisruptionBudget: true } },
    'PodDisruptionBudget/rfr-test kind',
    undefined,
  ],
  'sentinel.disablePodDisruptionBudget too': [
    { sentinel: { disablePodDisruptionBudget: true } },
    'PodDisruptionBudget/rfs-test kind',
    undefined,
  ],
};

/** As `at`, but `-1` means the last of a list. */
const valueAt = (spec: RedisFailoverSpec, place: string): unknown => {
  if (!place.endsWith('.-1')) return at(build({ spec }), place);
  const list = at(build({ spec }), place.slice(0, -'.-1'.length));
  return Array.isArray(list) ? list.at(-1) : undefined;
};

describe('a field of the pods', () => {
  for (const component of ['redis', 'sentinel'] as const) {
    for (const [name, [settings, place, value]] of Object.entries(BOTH)) {
      test(`${component}.${name}`, () => {
        assert.deepEqual(valueAt({ [component]: settings }, `${POD[component]}.${place}`), value);
      });
    }
    test(`${component}.podAnnotations`, () => {
      const spec = { [component]: { podAnnotations: { note: 'x' } } };
      assert.deepEqual(at(build({ spec }), `${TEMPLATE[component]}.metadata.annotations`), { note: 'x' });
    });
    test(`${component}.extraVolumes`, () => {
      const spec = { [component]: { extraVolumes: [{ name: 'extra', emptyDir: {} }] } };
      assert.match(
        JSON.stringify(at(build({ spec }), `${POD[component]}.volumes`)),
        /\{"name":"extra","emptyDir":\{\}\}/,
      );
    });
  }
  for (const [sentence, [spec, place, value]] of Object.entries(ONE)) {
    test(sentence, () => assert.deepEqual(at(build({ spec }), place), value));
  }
});

const renamed = (to: string) => build({ spec: { redis: { customCommandRenames: [{ from: 'FLUSHALL', to }] } } });

const config = (to: string): string => {
  const object = renamed(to).find(({ kind }) => kind === 'ConfigMap');
  assert.ok(object && 'data' in object && isRecord(object.data));
  return Object.values(object.data).join('\n');
};

const annotations = (to: string): unknown => at(renamed(to), `${TEMPLATE.redis}.metadata.annotations`);

describe('other names for commands', () => {
  test('are lines of redis.conf', () => assert.match(config('gone'), /^rename-command "FLUSHALL" "gone"$/m));
  test('of which no value makes two', () => {
    assert.doesNotMatch(config('x"\nrequirepass "evil'), /^requirepass/m);
  });
  test('and another name needs other pods', () => assert.notDeepEqual(annotations('a'), annotations('b')));
});
