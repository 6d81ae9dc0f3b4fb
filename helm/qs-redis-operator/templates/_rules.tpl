{{/* To do nothing while an operator from before is at work. */}}
{{- define "redis-operator.predecessorRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames:
    {{- toYaml .Values.predecessor.leases | nindent 4 }}
  verbs: [list, watch]
{{- end -}}

{{/* What the operator does in the namespaces it serves. It applies its objects (patch), and replaces one (update) where a foreign edit stands in the way. */}}
{{- define "redis-operator.manageRules" -}}
- apiGroups: [databases.spotahome.com]
  resources: [redisfailovers]
  verbs: [get, list, watch]
- apiGroups: [databases.spotahome.com]
  resources: [redisfailovers/status]
  verbs: [patch]
# For owner references that block deletion, where the cluster asks for this right (OpenShift).
- apiGroups: [databases.spotahome.com]
  resources: [redisfailovers/finalizers]
  verbs: [update]
# Pods are labelled with their role and with the RedisFailover's labels, and deleted to come back from a new template.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, patch, delete]
# A change of resources alone is made to running pods; what a pod was made from says whether it is one.
- apiGroups: [""]
  resources: [pods/resize]
  verbs: [patch]
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: [get]
- apiGroups: [""]
  resources: [services, configmaps]
  verbs: [get, list, watch, create, patch, update, delete]
# The Secrets that spec.auth names are read, and the Secrets rfr-NAME, rfi-NAME and rfs-NAME are written.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, patch, update, delete]
# Claims follow keepAfterDeletion, the size, the labels and the annotations of the spec. They are never deleted.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, patch]
- apiGroups: [apps]
  resources: [statefulsets, deployments]
  verbs: [get, list, watch, create, patch, update, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, patch, update, delete]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# What Kubernetes says of a pod that does not become ready.
- apiGroups: [""]
  resources: [events]
  verbs: [list]
{{- end -}}

{{/* What an operator does that only observes: all of it reading, but for what it reports. */}}
{{- define "redis-operator.observeRules" -}}
- apiGroups: [databases.spotahome.com]
  resources: [redisfailovers]
  verbs: [get, list, watch]
- apiGroups: [databases.spotahome.com]
  resources: [redisfailovers/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [pods, services, configmaps, secrets, persistentvolumeclaims]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [statefulsets, deployments]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [controllerrevisions]
  verbs: [get]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch]
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# What Kubernetes says of a pod that does not become ready.
- apiGroups: [""]
  resources: [events]
  verbs: [list]
{{- end -}}

{{/* What the operator does in the namespaces it serves, in its mode. */}}
{{- define "redis-operator.rules" -}}
{{- include (ternary "redis-operator.observeRules" "redis-operator.manageRules" (eq .Values.mode "observe")) . -}}
{{- end -}}
