package plugin

import "os"

// Setting is the declared value, else the first of the environment variables that is set. Read when
// the provider is configured, never as a default of an input: a token from the environment does not
// belong in the state.
func Setting(declared *string, variables ...string) string {
	if declared != nil && *declared != "" {
		return *declared
	}
	for _, name := range variables {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}
