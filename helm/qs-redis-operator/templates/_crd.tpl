{{/* The generated CRD. */}}
{{- define "redis-operator.crd" -}}
{{- .Files.Get "files/redisfailovers.yaml" -}}
{{- end -}}

{{/* The CRD that is in the cluster; empty when there is none, or no cluster to ask. */}}
{{- define "redis-operator.foundCrd" -}}
{{- $name := (include "redis-operator.crd" . | fromYaml).metadata.name -}}
{{- lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name | toYaml -}}
{{- end -}}

{{/* The annotations of the CRD in the cluster. */}}
{{- define "redis-operator.foundCrdAnnotations" -}}
{{- dig "metadata" "annotations" dict (include "redis-operator.foundCrd" . | fromYaml) | toYaml -}}
{{- end -}}

{{/* Not empty when the release that is there has the CRD among its objects: its ClusterRole says so. */}}
{{- define "redis-operator.hasCrd" -}}
{{- $role := lookup "rbac.authorization.k8s.io/v1" "ClusterRole" "" (include "redis-operator.clusterName" .) -}}
{{- if .Release.IsUpgrade -}}{{- dig "metadata" "annotations" "databases.spotahome.com/release-has-crd" "" $role -}}{{- end -}}
{{- end -}}

{{/*
Not empty when the CRD is this release's to install: nobody did yet, or this release did. One that was replaced by hand since
then says no more whose it is.
*/}}
{{- define "redis-operator.ownsCrd" -}}
{{- $annotations := include "redis-operator.foundCrdAnnotations" . | fromYaml -}}
{{- $name := get $annotations "meta.helm.sh/release-name" -}}
{{- $namespace := get $annotations "meta.helm.sh/release-namespace" -}}
{{- if not (include "redis-operator.foundCrd" . | fromYaml) -}}yes
{{- else if and (eq $name .Release.Name) (eq $namespace .Release.Namespace) -}}yes
{{- else if and (not $name) (include "redis-operator.hasCrd" .) -}}yes
{{- end -}}
{{- end -}}

{{/* Helm would delete a CRD that the release has no more, and every RedisFailover with it, if nothing on it says to keep it. */}}
{{- define "redis-operator.refuseLosingCrd" -}}
{{- $found := include "redis-operator.foundCrd" . | fromYaml -}}
{{- $isRendered := and .Values.crds.install (include "redis-operator.ownsCrd" .) -}}
{{- $isKept := eq "keep" (get (include "redis-operator.foundCrdAnnotations" . | fromYaml) "helm.sh/resource-policy") -}}
{{- if and $found (include "redis-operator.hasCrd" .) (not $isRendered) (not $isKept) -}}
{{- fail (printf "this upgrade would delete the CRD and every RedisFailover with it. Run first: kubectl annotate crd %s helm.sh/resource-policy=keep" $found.metadata.name) -}}
{{- end -}}
{{- end -}}
