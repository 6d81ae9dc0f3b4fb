/** What the operator may do: as little as it can do with. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PolicyRule } from 'kubernetes-types/rbac/v1.js';
import { type Rendered, render } from './rendered.ts';

/** A rule as `group/resource: verbs`, one a resource; restricted to names where it is. */
const rights = (rules: readonly PolicyRule[] = []): readonly string[] =>
  rules.flatMap(({ apiGroups = [], resources = [], resourceNames, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.map(
        (resource) => `${group}/${resource}${resourceNames ? ` ${resourceNames.join()}` : ''}: ${verbs.join()}`,
      ),
    ),
  );

const allRules = (rendered: Rendered): readonly PolicyRule[] =>
  [...rendered.kind('ClusterRole'), ...rendered.kind('Role')].flatMap(({ rules = [] }) => rules);

/** What may be read, whatever else may be done with it. */
const read = (all: readonly string[]): readonly string[] =>
  all.flatMap((right) => /^(.*): (?=get|list)/.exec(right)?.[1] ?? []).toSorted();

const CRD = 'apiextensions.k8s.io/customresourcedefinitions redisfailovers.databases.spotahome.com: get';
const NODES = '/nodes: list,watch';
const PREDECESSOR = 'coordination.k8s.io/leases redis-failover-lease: list,watch';
const IN_NAMESPACES = [
  'databases.spotahome.com/redisfailovers: get,list,watch',
  'databases.spotahome.com/redisfailovers/status: patch',
  'databases.spotahome.com/redisfailovers/finalizers: update',
  '/pods: get,list,watch,patch,delete',
  '/pods/resize: patch',
  'apps/controllerrevisions: get',
  '/services: get,list,watch,create,patch,update,delete',
  '/configmaps: get,list,watch,create,patch,update,delete',
  '/secrets: get,list,watch,create,patch,update,delete',
  '/persistentvolumeclaims: get,list,watch,patch',
  'apps/statefulsets: get,list,watch,create,patch,update,delete',
  'apps/deployments: get,list,watch,create,patch,update,delete',
  'policy/poddisruptionbudgets: get,list,watch,create,patch,update,delete',
  '/events: create,patch',
  'events.k8s.io/events: create,patch',
  '/events: list',
];
const LEASE = ['coordination.k8s.io/leases: create', 'coordination.k8s.io/leases redis-operator: get,update,patch'];

describe('the operator may', () => {
  test('do exactly this in all namespaces', () => {
    const rendered = render({ userRoles: { create: false } });
    const [everywhere] = rendered.kind('ClusterRole');
    assert.deepEqual(rights(everywhere?.rules), [CRD, NODES, PREDECESSOR, ...IN_NAMESPACES]);
    const [release, ...others] = rendered.kind('Role');
    assert.equal(release?.metadata.namespace, 'operators');
    assert.deepEqual(rights(release.rules), LEASE);
    assert.deepEqual(others, []);
  });

  test('do so in the namespaces that it serves only, where they are given', () => {
    const rendered = render({ userRoles: { create: false }, watchNamespaces: ['one', 'two'] });
    const [everywhere] = rendered.kind('ClusterRole');
    assert.deepEqual(rights(everywhere?.rules), [CRD, NODES, PREDECESSOR]);
    const served = rendered.kind('Role').filter(({ metadata }) => metadata.namespace !== 'operators');
    assert.deepEqual(
      served.map(({ metadata }) => metadata.namespace),
      ['one', 'two'],
    );
    for (const { rules } of served) assert.deepEqual(rights(rules), IN_NAMESPACES);
  });

  test('read only, report aside, where it is only to observe', () => {
    const values = { userRoles: { create: false }, mode: 'observe' };
    const everywhere = rights(render(values).kind('ClusterRole')[0]?.rules);
    const writes = everywhere.filter((right) => !/: (?:get|list|watch)(?:,(?:list|watch))*$/.test(right));
    assert.deepEqual(writes, [
      'databases.spotahome.com/redisfailovers/status: patch',
      '/events: create,patch',
      'events.k8s.io/events: create,patch',
    ]);
    assert.deepEqual(read(everywhere), read([CRD, NODES, PREDECESSOR, ...IN_NAMESPACES]));
  });

  test('look for the lease of a predecessor only where it may be, and not at all if none is looked for', () => {
    const values = { userRoles: { create: false }, predecessor: { leases: ['one', 'two'], namespaces: ['old'] } };
    const rendered = render(values);
    assert.deepEqual(rights(rendered.kind('ClusterRole')[0]?.rules), [CRD, NODES, ...IN_NAMESPACES]);
    const there = rendered.kind('Role').find(({ metadata }) => metadata.namespace === 'old');
    assert.deepEqual(rights(there?.rules), ['coordination.k8s.io/leases one,two: list,watch']);
    const without = render({ ...values, predecessor: { leases: [], namespaces: ['old'] } });
    assert.deepEqual(rights(allRules(without)), [CRD, NODES, ...IN_NAMESPACES, ...LEASE]);
  });

  test('do nothing by wildcard, and neither may those who use it', () => {
    for (const { apiGroups = [], resources = [], verbs } of allRules(render())) {
      for (const word of [...apiGroups, ...resources, ...verbs]) assert.ok(!word.includes('*'));
    }
  });
});
