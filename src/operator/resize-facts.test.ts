import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PodCondition, ResourceRequirements } from 'kubernetes-types/core/v1.js';
import type { ResizeFacts } from '../core/observation.ts';
import { resizeFacts } from './resize-facts.ts';

const AT = '2026-01-01T00:00:00Z';
const ASKED = { requests: { cpu: '20m' }, limits: { memory: '64Mi' } };

type Node = {
  /** The generation that the node has seen, of 2. */
  readonly seen?: number;
  readonly actual?: ResourceRequirements;
  readonly condition?: PodCondition;
};

const progress = ({ seen, actual, condition }: Node): ResizeFacts['progress'] =>
  resizeFacts({
    metadata: { generation: 2 },
    spec: { containers: [{ name: 'redis', resources: ASKED }] },
    status: {
      ...(seen !== undefined && { observedGeneration: seen }),
      conditions: condition ? [condition] : [],
      containerStatuses: [{ name: 'redis', ...(actual && { resources: actual }) }],
    },
  }).progress;

/** What nodes of Kubernetes 1.34 were seen to say. */
const TABLE: Readonly<Record<string, readonly [Node, ResizeFacts['progress']]>> = {
  'a change in effect is done': [{ seen: 2, actual: ASKED }, { kind: 'done' }],
  'one that the node has not seen is under way': [
    { seen: 1, actual: ASKED },
    { kind: 'under-way', since: undefined },
  ],
  'one that it has seen and not made is, too': [
    { seen: 2, actual: { requests: { cpu: '20m' }, limits: { memory: '128Mi' } } },
    { kind: 'under-way', since: undefined },
  ],
  'a node that counts no generations is believed what is in effect': [{ actual: ASKED }, { kind: 'done' }],
  'less memory than is used is under way for as long': [
    {
      seen: 2,
      actual: ASKED,
      condition: { type: 'PodResizeInProgress', status: 'True', reason: 'Error', lastTransitionTime: AT },
    },
    { kind: 'under-way', since: Date.parse(AT) },
  ],
  'so is what waits for room on the node': [
    {
      seen: 2,
      actual: ASKED,
      condition: { type: 'PodResizePending', status: 'True', reason: 'Deferred', lastTransitionTime: AT },
    },
    { kind: 'under-way', since: Date.parse(AT) },
  ],
  'more than the node has is infeasible': [
    {
      seen: 2,
      actual: ASKED,
      condition: { type: 'PodResizePending', status: 'True', reason: 'Infeasible', lastTransitionTime: AT },
    },
    { kind: 'infeasible' },
  ],
  'anything is, on a node that does not know of resizes': [{}, { kind: 'infeasible' }],
};

describe('the resize of a pod', () => {
  for (const [sentence, [node, expected]] of Object.entries(TABLE)) {
    test(sentence, () => assert.deepEqual(progress(node), expected));
  }

  test('a container that wants a restart for it is noticed', () => {
    const container = { name: 'redis', resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] };
    assert.ok(resizeFacts({ spec: { containers: [container] } }).restarts);
    assert.ok(!resizeFacts({ spec: { containers: [{ name: 'redis' }] } }).restarts);
  });
});
