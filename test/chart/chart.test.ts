/** What the chart installs, and which values it refuses. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, PodSpec } from 'kubernetes-types/core/v1.js';
import { redisFailoverCrd } from '../../src/api/crd.ts';
import { CHART, helm, type Rendered, render } from './rendered.ts';

const only = <T>(list: readonly T[]): T => {
  const [first] = list;
  assert.ok(first !== undefined && list.length === 1, `one is expected, found ${list.length}`);
  return first;
};

const podOf = (rendered: Rendered): PodSpec => {
  const pod = only(rendered.kind('Deployment')).spec?.template.spec;
  assert.ok(pod);
  return pod;
};

const containerOf = (rendered: Rendered): Container => only(podOf(rendered).containers);

const EVERYTHING = {
  replicas: 3,
  image: { repository: 'registry.example.com/operator', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  watchNamespaces: ['one', 'two'],
  mode: 'observe',
  predecessor: { leases: ['redis-failover-lease', 'redis-failover-lease-a'], namespaces: ['old', 'older'] },
  logLevel: 'debug',
  concurrency: 4,
  fullnameOverride: 'other',
  commonLabels: { team: 'data' },
  serviceAccount: { name: 'given', annotations: { note: 'mine' } },
  podAnnotations: { note: 'pod' },
  podLabels: { tier: 'gold' },
  priorityClassName: 'important',
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: { nodeAffinity: {} },
  metrics: { port: 9000, serviceMonitor: { enabled: true, interval: '5s', labels: { release: 'prometheus' } } },
};

describe('the chart', () => {
  test('passes helm lint with its own values and with all of them changed', () => {
    helm(['lint', '--strict', CHART]);
    helm(['lint', '--strict', CHART, '--values', '-'], JSON.stringify(EVERYTHING));
  });

  test('installs one object of each name', () => {
    for (const values of [{}, EVERYTHING]) {
      const names = render(values).all.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
      assert.deepEqual(names, [...new Set(names)]);
    }
  });

  test('labels every object as its release', () => {
    for (const { kind, metadata } of render(EVERYTHING).all) {
      assert.equal(metadata.labels?.['app.kubernetes.io/instance'], 'redis-operator', kind);
      assert.equal(metadata.labels['team'], 'data', kind);
    }
  });
});

describe('the CRD of the chart', () => {
  test('is the generated one, and stays when the release is uninstalled', () => {
    const crd = only(render().kind('CustomResourceDefinition'));
    const { metadata, spec } = redisFailoverCrd();
    assert.deepEqual(crd.spec, JSON.parse(JSON.stringify(spec)));
    assert.equal(crd.metadata.name, metadata.name);
    assert.deepEqual(crd.metadata.annotations, metadata.annotations);
    assert.equal(metadata.annotations['helm.sh/resource-policy'], 'keep');
  });

  test('is left out where something else installs it', () => {
    assert.deepEqual(render({ crds: { install: false } }).kind('CustomResourceDefinition'), []);
  });
});

describe('the operator of the chart', () => {
  test('runs twice, on different nodes if it can, and is not drained away at once', () => {
    const rendered = render();
    const { spec } = only(rendered.kind('Deployment'));
    assert.equal(spec?.replicas, 2);
    assert.equal(only(rendered.kind('PodDisruptionBudget')).spec?.maxUnavailable, 1);
    const [preference] =
      podOf(rendered).affinity?.podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    assert.equal(preference?.podAffinityTerm.topologyKey, 'kubernetes.io/hostname');
    assert.deepEqual(preference.podAffinityTerm.labelSelector?.matchLabels, spec.selector.matchLabels);
  });

  test('has no budget when it runs once: that would block a drain', () => {
    assert.deepEqual(render({ replicas: 1 }).kind('PodDisruptionBudget'), []);
  });

  test('runs the image of its own version, unless told another', () => {
    assert.equal(containerOf(render()).image, 'qs-redis-operator:0.1.0');
    assert.equal(containerOf(render(EVERYTHING)).image, 'registry.example.com/operator:1.2.3');
  });

  test('is what restricted Pod Security asks for, on a file system it cannot write', () => {
    const rendered = render();
    const { securityContext } = podOf(rendered);
    assert.equal(securityContext?.runAsNonRoot, true);
    assert.equal(securityContext.runAsUser, 65_532);
    assert.deepEqual(securityContext.seccompProfile, { type: 'RuntimeDefault' });
    assert.deepEqual(containerOf(rendered).securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('asks for little and has no CPU limit', () => {
    assert.deepEqual(containerOf(render()).resources, {
      requests: { cpu: '50m', memory: '96Mi' },
      limits: { memory: '256Mi' },
    });
  });

  test('is probed on the port that it serves', () => {
    const { ports, livenessProbe, readinessProbe, startupProbe } = containerOf(render());
    assert.deepEqual(ports, [{ name: 'metrics', containerPort: 9710 }]);
    assert.deepEqual(livenessProbe?.httpGet, { path: '/livez', port: 'metrics' });
    assert.deepEqual(startupProbe?.httpGet, { path: '/livez', port: 'metrics' });
    assert.deepEqual(readinessProbe?.httpGet, { path: '/readyz', port: 'metrics' });
  });

  test('is told what the values say', () => {
    const rendered = render(EVERYTHING);
    const args = containerOf(rendered).args ?? [];
    const wanted = [
      '--lease-name=other',
      '--log-level=debug',
      '--concurrency=4',
      '--watch-namespaces=one,two',
      '--mode=observe',
      '--predecessor-leases=redis-failover-lease,redis-failover-lease-a',
      '--predecessor-namespaces=old,older',
    ];
    for (const wantedArg of wanted) assert.ok(args.includes(wantedArg), wantedArg);
    const { serviceAccountName, priorityClassName, nodeSelector, tolerations, affinity, imagePullSecrets } =
      podOf(rendered);
    assert.equal(serviceAccountName, 'given');
    assert.equal(priorityClassName, EVERYTHING.priorityClassName);
    assert.deepEqual(
      { nodeSelector, tolerations, affinity, imagePullSecrets },
      {
        nodeSelector: EVERYTHING.nodeSelector,
        tolerations: EVERYTHING.tolerations,
        affinity: EVERYTHING.affinity,
        imagePullSecrets: EVERYTHING.imagePullSecrets,
      },
    );
    const { metadata } = only(rendered.kind('Deployment')).spec?.template ?? {};
    assert.equal(metadata?.annotations?.['note'], 'pod');
    assert.equal(metadata.labels?.['tier'], 'gold');
  });

  test('is selected by its metrics Service, whatever labels are added', () => {
    for (const values of [{}, EVERYTHING]) {
      const rendered = render(values);
      const labels = only(rendered.kind('Deployment')).spec?.template.metadata?.labels ?? {};
      for (const [key, value] of Object.entries(only(rendered.kind('Service')).spec?.selector ?? {})) {
        assert.equal(labels[key], value);
      }
    }
  });

  test('has a ServiceMonitor only where that is asked for', () => {
    assert.ok(!render().all.some(({ kind }) => kind === 'ServiceMonitor'));
    const monitor = only(render(EVERYTHING).kind('ServiceMonitor'));
    assert.equal(monitor.spec.endpoints[0]?.interval, '5s');
    assert.equal(monitor.metadata.labels?.['release'], 'prometheus');
  });
});

const REFUSED: Readonly<Record<string, readonly [object, RegExp]>> = {
  'a misspelt value': [{ replica: 2 }, /additional properties 'replica' not allowed/],
  'a misspelt value further down': [{ image: { tags: 'x' } }, /additional properties 'tags' not allowed/],
  'a number of replicas that is none': [{ replicas: 'two' }, /\/replicas.*got string, want integer/],
  'fewer than no replicas': [{ replicas: -1 }, /\/replicas/],
  'an unknown mode': [{ mode: 'watch' }, /\/mode/],
  'an unknown level': [{ logLevel: 'loud' }, /\/logLevel/],
  'an unknown pull policy': [{ image: { pullPolicy: 'Sometimes' } }, /\/image\/pullPolicy/],
  'namespaces in one word': [{ watchNamespaces: 'one,two' }, /\/watchNamespaces/],
  'a namespace that cannot be': [{ watchNamespaces: ['One'] }, /\/watchNamespaces\/0/],
  'a port out of range': [{ metrics: { port: 70_000 } }, /\/metrics\/port/],
  'an interval without unit': [
    { metrics: { serviceMonitor: { interval: '30' } } },
    /\/metrics\/serviceMonitor\/interval/,
  ],
};

describe('the chart refuses and names', () => {
  for (const [sentence, [values, says]] of Object.entries(REFUSED)) {
    test(sentence, () => assert.throws(() => render(values), says));
  }
});
