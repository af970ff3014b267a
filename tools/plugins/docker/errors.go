package docker

import (
	"errors"
	"strings"
)

func says(err error, phrases ...string) bool {
	var told failure
	if !errors.As(err, &told) {
		return false
	}
	for _, words := range phrases {
		if strings.Contains(strings.ToLower(told.said), words) {
			return true
		}
	}
	return false
}

// missing is true of an answer that there is no such image.
func missing(err error) bool { return says(err, "no such image") }

// refused is true of a registry that wants someone else.
func refused(err error) bool {
	return says(err, "unauthorized", "authentication required", "no basic auth credentials", "denied", "incorrect username or password")
}

// reason is the last line of what was said, where Docker gives it.
func reason(err error) string {
	said := strings.TrimSpace(err.Error())
	return said[strings.LastIndex(said, "\n")+1:]
}
