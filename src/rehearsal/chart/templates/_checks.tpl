{{- define "name" -}}
{{ .Values.fullnameOverride | default .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "serviceAccount" -}}
{{ .Values.rbac.serviceAccountName | default (printf "%s-api-sa" (include "name" .)) }}
{{- end -}}

{{/* "true" where the server itself asks for a user's password. */}}
{{- define "serverAsks" -}}
{{- if and .Values.apiService.enableUserManagement (not (index .Values.ingress "oauth2-proxy" "enabled")) -}}
true
{{- end -}}
{{- end -}}

{{/* "true" where the ingress asks for the password. */}}
{{- define "ingressAsks" -}}
{{- if and (not .Values.auth.oauth.enabled) (not (include "serverAsks" .)) (or .Values.ingress.authSecret .Values.ingress.authCredentials) -}}
true
{{- end -}}
{{- end -}}

{{/* Refuses what SkyPilot's chart refuses. */}}
{{- define "checks" -}}
{{- $api := .Values.apiService -}}
{{- $database := or $api.dbConnectionSecretName $api.dbConnectionString -}}
{{- if and .Values.auth.oauth.enabled .Values.ingress.enabled (or .Values.ingress.authSecret .Values.ingress.authCredentials) -}}
{{- fail "auth.oauth.enabled cannot be used together with ingress basic authentication (ingress.authSecret or ingress.authCredentials)" -}}
{{- end -}}
{{- $ingressOAuth := and .Values.ingress.enabled (index .Values.ingress "oauth2-proxy" "enabled") -}}
{{- if and .Values.auth.oauth.enabled $ingressOAuth -}}
{{- fail "auth.oauth.enabled cannot be used together with ingress.oauth2-proxy.enabled" -}}
{{- end -}}
{{- if and .Values.auth.externalProxy.enabled (or .Values.auth.oauth.enabled $ingressOAuth) -}}
{{- fail "auth.externalProxy.enabled cannot be used together with auth.oauth.enabled or ingress.oauth2-proxy.enabled" -}}
{{- end -}}
{{- range list .Values.auth.oauth (and .Values.ingress.enabled (index .Values.ingress "oauth2-proxy") | default dict) -}}
{{- if and .enabled (not (index . "oidc-issuer-url")) -}}
{{- fail "oidc-issuer-url is required when OAuth2 proxy is enabled" -}}
{{- end -}}
{{- if and .enabled (not (index . "client-details-from-secret")) (not (and (index . "client-id") (index . "client-secret"))) -}}
{{- fail "client-id and client-secret are required when OAuth2 proxy is enabled and client-details-from-secret is not set" -}}
{{- end -}}
{{- end -}}
{{- if eq $api.upgradeStrategy "RollingUpdate" -}}
{{- if not $database -}}
{{- fail "RollingUpdate needs an external database: apiService.dbConnectionSecretName or apiService.dbConnectionString" -}}
{{- end -}}
{{- if and .Values.storage.enabled (ne .Values.storage.accessMode "ReadWriteMany") -}}
{{- fail "RollingUpdate does not go with storage of access mode ReadWriteOnce" -}}
{{- end -}}
{{- end -}}
{{- if and $database $api.config -}}
{{- fail "apiService.config must be null where a database is configured" -}}
{{- end -}}
{{- if not $api.skipResourceCheck -}}
{{- $cpu := toString ($api.resources.requests.cpu | default "0") -}}
{{- $memory := toString ($api.resources.requests.memory | default "0") -}}
{{- $cores := hasSuffix "m" $cpu | ternary (divf (trimSuffix "m" $cpu | float64) 1000) (float64 $cpu) -}}
{{- $gib := 0.0 -}}
{{- if hasSuffix "Mi" $memory -}}
{{- $gib = divf (trimSuffix "Mi" $memory | float64) 1024 -}}
{{- else if hasSuffix "M" $memory -}}
{{- $gib = divf (trimSuffix "M" $memory | float64) 1024 -}}
{{- else -}}
{{- $gib = $memory | trimSuffix "i" | trimSuffix "G" | float64 -}}
{{- end -}}
{{- if or (lt $cores 4.0) (lt $gib 8.0) -}}
{{- fail "a SkyPilot API server needs at least 4 CPU cores and 8 GiB memory: raise apiService.resources.requests, or set apiService.skipResourceCheck" -}}
{{- end -}}
{{- end -}}
{{- end -}}
