package plugin

import "slices"

// SameSet compares lists whose order means nothing.
func SameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// InOrder is the found list, in the known one's order when both hold the same, so that a refresh
// shows no change where there is none.
func InOrder(known, found []string) []string {
	if SameSet(known, found) {
		return known
	}
	return found
}
