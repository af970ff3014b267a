{{ range service (printf "%s-canary" (env "SERVICE")) }}
  {{ .Address }}:{{ .Port }}
{{end -}}
