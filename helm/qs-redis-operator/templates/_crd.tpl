{{/* The generated CRD. */}}
{{- define "redis-operator.crd" -}}
{{- .Files.Get "files/redisfailovers.yaml" -}}
{{- end -}}

{{/* The CRD that is in the cluster; empty when there is none, or no cluster to ask. */}}
{{- define "redis-operator.foundCrd" -}}
{{- $name := (include "redis-operator.crd" . | fromYaml).metadata.name -}}
{{- lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name | toYaml -}}
{{- end -}}

{{/* Not empty when the CRD is this release's to install: nobody did yet, or this release did. */}}
{{- define "redis-operator.ownsCrd" -}}
{{- $found := include "redis-operator.foundCrd" . | fromYaml -}}
{{- $annotations := dig "metadata" "annotations" dict $found -}}
{{- $name := get $annotations "meta.helm.sh/release-name" -}}
{{- $namespace := get $annotations "meta.helm.sh/release-namespace" -}}
{{- if or (not $found) (and (eq $name .Release.Name) (eq $namespace .Release.Namespace)) -}}yes{{- end -}}
{{- end -}}
