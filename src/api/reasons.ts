/** The one table of reasons: what stands in conditions and Events, what it means and what a user can do. */

type Meaning = { readonly type: 'Normal' | 'Warning'; readonly means: string; readonly action: string };

/** Every reason, in the order a failover meets them. */
export const REASONS = {
  PredecessorActive: {
    type: 'Warning',
    means: 'Another operator of the same RedisFailovers is at work, as its lease says. This one does nothing.',
    action: 'Stop the one you do not want: docs/migration.md. This one begins by itself within 15 s.',
  },
  WouldAct: {
    type: 'Normal',
    means: 'The operator only observes, and says what it would do next.',
    action: 'Read it; docs/migration.md says how the operator is told to do it.',
  },
  NothingToDo: {
    type: 'Normal',
    means: 'The operator only observes, and would do nothing: all is as it should be.',
    action: 'Nothing.',
  },
  ObjectApplied: { type: 'Normal', means: 'A child object was created or put right.', action: 'Nothing.' },
  ObjectRemoved: {
    type: 'Normal',
    means: 'A child object the spec no longer asks for was deleted.',
    action: 'Nothing.',
  },
  InvalidLabelWhitelist: {
    type: 'Warning',
    means: 'An entry of spec.labelWhitelist is not a regular expression of RE2; it matches no label.',
    action: 'Correct the entry that the message names: https://github.com/google/re2/wiki/Syntax.',
  },
  ClaimUpdated: {
    type: 'Normal',
    means: 'A volume claim follows storage.keepAfterDeletion, or the labels and annotations of the spec, now.',
    action: 'Nothing.',
  },
  VolumeResized: {
    type: 'Normal',
    means: 'A volume claim was asked for the size that the spec has now.',
    action: 'Nothing.',
  },
  VolumesGrowing: {
    type: 'Normal',
    means: 'Volumes do not have the size of the spec yet; the message says what is waited for.',
    action: 'Nothing. If it takes long, look at the Events of the claim and at the storage driver: docs/storage.md.',
  },
  VolumeNotGrown: {
    type: 'Warning',
    means: 'A volume cannot get the size of the spec. Everything else goes on.',
    action: 'The message names claim, class and cause; a lower request is possible: docs/storage.md.',
  },
  StatefulSetReplaced: {
    type: 'Normal',
    means: 'The StatefulSet is deleted without its pods and made again, because its claim templates cannot be changed.',
    action: 'Nothing. No pod restarts.',
  },
  MasterPromoted: {
    type: 'Normal',
    means:
      'The operator chose the master, because no Sentinel majority can: on first boot, after all of them forgot, or where there' +
      ' are none.',
    action: 'Nothing.',
  },
  FailoverRequested: {
    type: 'Normal',
    means: 'The master is provably gone and Sentinel was asked to elect another at once.',
    action: 'Nothing; look for the cause in the old master pod if it was not planned.',
  },
  HandOverRequested: {
    type: 'Normal',
    means: 'The annotation databases.spotahome.com/hand-over-to asks for another master.',
    action: 'Nothing; status.handOver says how far it is.',
  },
  HandOverRefused: {
    type: 'Warning',
    means: 'The requested change of master is not possible. Nothing was changed.',
    action: 'Mend what the message names, then ask again with another value: docs/planned-changes.md.',
  },
  HandingOver: {
    type: 'Normal',
    means: 'The master is about to be handed to a replica; the message says why, and what is waited for.',
    action: 'Nothing.',
  },
  HandedOver: { type: 'Normal', means: 'The master is handed to a replica for a planned change.', action: 'Nothing.' },
  HandOverFailed: {
    type: 'Warning',
    means: 'A planned change of master was not completed; writes went on where they were. It is tried again.',
    action: 'If it repeats, look at the replicas (INFO replication) and the Sentinels.',
  },
  MasterChanged: { type: 'Normal', means: 'Another pod is master now.', action: 'Nothing.' },
  ReplicaRanked: {
    type: 'Normal',
    means: 'The replica-priority of a pod was changed, because Sentinel is to elect it, rather not, or not at all.',
    action: 'Nothing.',
  },
  ReplicaConnected: {
    type: 'Normal',
    means: 'A replica was told to follow the master, or the source of spec.bootstrapNode.',
    action: 'Nothing.',
  },
  ReplicasRequired: {
    type: 'Normal',
    means: 'min-replicas-to-write of a Redis was changed to what spec.redis.dataSafety asks for.',
    action: 'Nothing.',
  },
  WritesRefused: {
    type: 'Warning',
    means: 'The master refuses writes (NOREPLICAS), because too few replicas acknowledge what it sends them.',
    action: 'Bring a replica back; spec.redis.dataSafety: Availability lets the master write alone.',
  },
  MasterDemoted: {
    type: 'Warning',
    means: 'A second master was made a replica of the one that Sentinel elected; writes only it had are gone.',
    action: 'Nothing; it is the normal end of a network partition.',
  },
  DivergentWritesDiscarded: {
    type: 'Warning',
    means:
      'A Redis gave way to the master and held writes the master never had. The message counts the bytes of its replication' +
      ' stream, which what Sentinel publishes and PINGs are part of, where Redis still knows the point they parted at.',
    action: 'If acknowledged writes must not be lost like this, set spec.redis.dataSafety: Consistency.',
  },
  DivergentWritesHeld: {
    type: 'Normal',
    means:
      'A Redis holds writes the master never had. It follows nobody until it has saved them: divergentData is Keep.',
    action: 'Nothing.',
  },
  DivergentWritesKept: {
    type: 'Warning',
    means: 'A Redis saved writes the master never had to a file on its volume, and follows the master now.',
    action: 'Fetch the file that the message names, then remove it: docs/divergent-data.md.',
  },
  DivergentDataNotKept: {
    type: 'Warning',
    means:
      'A Redis holds writes the master never had and could not save them. It does not follow the master, is not ready, and' +
      ' the save is tried again every 30 s.',
    action: 'Mend what the message names, or set spec.redis.divergentData: Discard: docs/divergent-data.md.',
  },
  FollowsSource: {
    type: 'Normal',
    means: 'All pods follow the Redis outside that spec.bootstrapNode names, and none of them is master.',
    action: 'Remove spec.bootstrapNode when the pods are to take over: docs/bootstrap.md.',
  },
  SourceUnreachable: {
    type: 'Warning',
    means: 'A pod has no connection to the Redis outside that spec.bootstrapNode names.',
    action: 'Its log says why (kubectl logs POD -c redis): address, port, firewall or password. See docs/bootstrap.md.',
  },
  SourceInvalid: {
    type: 'Warning',
    means: 'spec.bootstrapNode, stored before this CRD, names nothing that can be followed.',
    action: 'Correct the field that the message names.',
  },
  SourceIgnored: {
    type: 'Warning',
    means: 'spec.bootstrapNode is there, but the RedisFailover has had a master, whose data would be overwritten.',
    action: 'Remove spec.bootstrapNode; to follow another Redis, create a new RedisFailover.',
  },
  SentinelPointed: {
    type: 'Normal',
    means: 'A Sentinel was told who the master is, or to forget the source of spec.bootstrapNode.',
    action: 'Nothing.',
  },
  SentinelCleaned: { type: 'Normal', means: 'A Sentinel forgot instances that no longer exist.', action: 'Nothing.' },
  SentinelConfigured: { type: 'Normal', means: 'Settings of a Sentinel were changed.', action: 'Nothing.' },
  RedisConfigured: { type: 'Normal', means: 'customConfig was applied to a running Redis.', action: 'Nothing.' },
  CredentialsMade: {
    type: 'Normal',
    means: 'The Secret with the credentials that replicas and Sentinels use was made, for the first time or again.',
    action: 'Nothing.',
  },
  CredentialsSpread: {
    type: 'Normal',
    means: 'A running Redis was told the internal credentials of its failover.',
    action: 'Nothing; if it appears as a problem, look at the ACL of the Redis that the message names.',
  },
  RoleLabelled: {
    type: 'Normal',
    means: 'The role label of a pod was changed; Services follow it.',
    action: 'Nothing.',
  },
  LabelsInherited: {
    type: 'Normal',
    means: 'A pod got labels that the RedisFailover has, or lost labels that it has no more. Nothing restarts.',
    action: 'Nothing; if it appears as a problem, the message says who refuses it: an admission webhook, for example.',
  },
  SentinelMoved: {
    type: 'Normal',
    means:
      'So many Sentinels were on one node that its loss would have taken the majority; one is moved to another node.',
    action: 'Nothing.',
  },
  PodReplaced: {
    type: 'Normal',
    means:
      'A pod was deleted so that it comes back from the new template, or without a setting that left customConfig.',
    action: 'Nothing.',
  },
  PodResized: {
    type: 'Normal',
    means: 'A running pod was given the resources of the new template. Nothing restarts.',
    action: 'Nothing.',
  },
  ResizeFailed: {
    type: 'Warning',
    means: 'The API server forbids to resize a running pod, because of a quota for example. The pod stays as it is.',
    action: 'Make room in the quota that the message names, or write the old resources back.',
  },
  ConfigRefused: {
    type: 'Warning',
    means: 'Redis or Sentinel refused a line of customConfig. Everything else goes on.',
    action: 'Correct the line that the message names.',
  },
  ConfigPending: {
    type: 'Normal',
    means: 'A pod does not have all lines of customConfig yet.',
    action: 'Wait; the message names the pod and the lines.',
  },
  SecretMissing: {
    type: 'Warning',
    means:
      'The Secret of auth.secretPath, auth.sentinelSecretPath or bootstrapNode.secretPath does not exist or has no usable' +
      ' key `password`.',
    action: 'Create it in the namespace of the RedisFailover with the key `password`.',
  },
  WrongPassword: {
    type: 'Warning',
    means: 'Redis or a Sentinel refuses the password of the Secret.',
    action:
      'Put the password Redis runs with into the Secret, and the new one into another that auth.secretPath then names; or restart' +
      ' the pods the message names. A Sentinel is replaced by itself.',
  },
  PasswordEndsInLineBreak: {
    type: 'Warning',
    means:
      'The Secret of auth.secretPath ends in a line break. Redis runs without it, but the exporter or a container of yours has' +
      ' it in REDIS_PASSWORD and cannot log in.',
    action:
      'Run the command in the message, which takes it out of the Secret; nothing else changes. Then replace the Redis pods, by an' +
      ' entry in redis.podAnnotations for example, because a container reads its variables only at its start.',
  },
  ImageNotPulled: {
    type: 'Warning',
    means: 'The image of a pod cannot be pulled.',
    action: 'Correct redis.image, sentinel.image or the pull secrets; the pod is replaced by itself.',
  },
  PodNotStarting: {
    type: 'Warning',
    means:
      'A container does not start, or ends again and again by itself or because a probe of it fails. The message quotes Kubernetes.',
    action:
      'Read its log: kubectl logs POD -c CONTAINER --previous. If a volume is missing, create or correct the ConfigMap or Secret' +
      ' that the message names.',
  },
  PodNotCreated: {
    type: 'Warning',
    means: 'Kubernetes makes no pod, because it is forbidden or what it names does not exist. The message quotes it.',
    action:
      'Correct serviceAccountName, priorityClassName, hostNetwork or the security contexts of the spec, or the quota or policy' +
      ' that the message names. Kubernetes tries again ever more rarely, and at once when the spec changes.',
  },
  ProbeFailing: {
    type: 'Warning',
    means: 'Redis or Sentinel answers the operator and its pod is not ready, because a probe of the pod fails.',
    action: 'Correct the probe of the spec, or what it asks for; kubectl describe pod POD shows each of its answers.',
  },
  PodUnschedulable: {
    type: 'Warning',
    means: 'No node takes a pod.',
    action: 'Compare the message with resources, affinity, tolerations, nodeSelector and storage of the spec.',
  },
  RedisUnreachable: {
    type: 'Warning',
    means: 'A running pod does not answer the operator.',
    action: 'Look at the pod; if all are unreachable, at network policies between the operator and the pods.',
  },
  NoMaster: {
    type: 'Warning',
    means: 'No master serves.',
    action: 'Wait for the election; the message says what is waited for.',
  },
  DataAtRisk: {
    type: 'Warning',
    means: 'A step was refused because it would overwrite data with an empty or an older data set.',
    action: 'Check which pod holds the data you want and make it master: SENTINEL FAILOVER, or REPLICAOF NO ONE on it.',
  },
  SentinelsDisagree: {
    type: 'Warning',
    means: 'Not every Sentinel answers and watches the master with the right quorum.',
    action: 'Wait; it is put right. If it lasts, look at the Sentinel pods; what they lack is in the message.',
  },
  Waiting: { type: 'Normal', means: 'Something has to happen first; the message says what.', action: 'Nothing.' },
  RollingUpdate: {
    type: 'Normal',
    means: 'Pods are replaced one at a time: replicas first, the master last.',
    action: 'Nothing.',
  },
  RollingUpdatePaused: {
    type: 'Normal',
    means: 'An annotation holds the rolling update. Healing and failover go on.',
    action: 'Remove the annotation that the message names to continue; docs/rolling-updates.md.',
  },
  InvalidAnnotation: {
    type: 'Warning',
    means: 'An annotation of the RedisFailover has a value that means nothing.',
    action: 'Correct or remove the annotation that the message names.',
  },
  Healthy: { type: 'Normal', means: 'Everything is as the spec asks.', action: 'Nothing.' },
  StatusRefused: {
    type: 'Warning',
    means:
      'The API server takes no status, because the RedisFailover is older than the CRD, which refuses it. It is served all the same.',
    action: 'Change the field that the message names.',
  },
  ApplyFailed: {
    type: 'Warning',
    means: 'The API server refused a child object.',
    action: 'Correct the field that the message names.',
  },
} as const satisfies Record<string, Meaning>;

export type Reason = keyof typeof REASONS;
