/** `status`: what `types.ts` says the operator writes. */
import { failoversSchema } from './failover-record.ts';
import { integer, list, object, type Schema, text } from './schema.ts';

const MAX_QUANTITY_LENGTH = 64;

export const statusSchema = (): Schema =>
  object('What the operator last saw.', {
    observedGeneration: integer('The generation of the spec that this status is about.', { format: 'int64' }),
    phase: text(
      'One word for the state: Pending nothing runs yet; Starting pods run, no master yet; Ready everything is as asked;' +
        ' Updating healthy, a roll or a scale under way; Degraded a master serves, something else is wrong; Down it had a' +
        ' master and has none.',
      { enum: ['Pending', 'Starting', 'Ready', 'Updating', 'Degraded', 'Down'] },
    ),
    conditions: list(
      'Ready, Progressing, Degraded, MasterAvailable, SentinelsAgree and ConfigApplied, each with a reason and a message.',
      condition,
      {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      },
    ),
    waitingFor: text('What keeps it from being Ready. Not there when it is.'),
    master: object('The master that was last confirmed.', {
      pod: text('Its pod.'),
      address: text('Its ip:port.'),
      replicationId: text("Redis' master_replid at that time."),
    }),
    elected: text('Without Sentinels: the pod that the operator chose to be master, written before it is made master.'),
    bootstrap: object('The Redis outside of spec.bootstrapNode. It is told until every pod has left it.', {
      source: text('Its host:port.'),
      inSync: text('How many pods have all its data, of how many are wanted, as 2/3.'),
      since: text('When the first pod had all its data.', { format: 'date-time' }),
    }),
    redis: component('The Redis pods.'),
    sentinel: component('The Sentinel pods.'),
    pods: list('Every pod and its role.', {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        role: text('unknown for a Redis that does not answer.', { enum: ['master', 'replica', 'sentinel', 'unknown'] }),
        ready: { type: 'boolean' },
        version: text('Of its Redis or Valkey.'),
        offset: integer(
          'Bytes of the replication stream that it has, when this status was written. That moves all the time: a status is' +
            ' written for another reason, or when lagBytes passes a threshold (1 MiB, 16 MiB, 256 MiB, 4 GiB).',
          { format: 'int64' },
        ),
        lagBytes: integer('How many of them a replica lacked then.', { format: 'int64' }),
      },
    }),
    dataSafety: object('How much acknowledged data the loss of the master may cost now.', {
      mode: text('As in spec.redis.dataSafety.'),
      minReplicasToWrite: integer('min-replicas-to-write of the master. 0: it acknowledges writes without replicas.'),
      maxLagSeconds: integer('min-replicas-max-lag of the master.'),
      bound: text('What may be lost, as a sentence.'),
    }),
    storage: object('How large the volumes are.', {
      smallestVolume: text('The size of the smallest.', { maxLength: MAX_QUANTITY_LENGTH }),
      largestVolume: text('The size of the largest. The request of the spec may be lowered as far as this.', {
        maxLength: MAX_QUANTITY_LENGTH,
      }),
    }),
    divergence: object(
      'The last Redis that held writes which the master never had, as a second master has after a partition. They are' +
        ' discarded when it follows the master, if keptAs does not say otherwise.',
      {
        pod: text('Its pod.'),
        replicationId: text("Redis' master_replid of the history that was given up."),
        bytes: integer(
          'How many bytes of its replication stream the master never had: writes, but also what Sentinel publishes and PINGs' +
            ' to replicas. Not there when the two histories have no point in common that Redis remembers.',
          { format: 'int64' },
        ),
        time: text('When it was seen.', { format: 'date-time' }),
        keptAs: text(
          'With spec.redis.divergentData: Keep, the pod and the path of the file that has its data: POD:PATH.',
        ),
      },
    ),
    handOver: object('What became of the change of master that the annotation hand-over-to asks for.', {
      request: text("The annotation's value; another value is another request."),
      state: text('Done and Refused are final.', { enum: ['Waiting', 'Done', 'Refused'] }),
      from: text('The master when the request was first seen.'),
      to: text('The pod that was asked for, or any; once Done, the pod that is master.'),
      message: text('What is waited for, or why it is refused.'),
      time: text('Since when it is in this state.', { format: 'date-time' }),
    }),
    failovers: failoversSchema(),
  });

const component = (description: string): Schema =>
  object(description, {
    replicas: integer('How many exist.'),
    ready: integer('How many are ready.'),
    summary: text('Ready of wanted, as 3/3.'),
    selector: text('Label selector of the pods.'),
    version: text('The version that runs; during an update all of them.'),
  });

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/ */
const condition: Schema = {
  type: 'object',
  required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'],
  properties: {
    type: { type: 'string', maxLength: 316 },
    status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
    reason: { type: 'string', minLength: 1, maxLength: 1024 },
    message: { type: 'string', maxLength: 32_768 },
    observedGeneration: { type: 'integer', format: 'int64', minimum: 0 },
    lastTransitionTime: { type: 'string', format: 'date-time' },
  },
};
