package plugin

// Value is what a pointer points at, or the zero value.
func Value[T any](v *T) T {
	if v == nil {
		var none T
		return none
	}
	return *v
}

// Fill gives an absent input its default, as the official provider writes defaults into the inputs.
func Fill[T any](input **T, value T) {
	if *input == nil {
		*input = &value
	}
}

// Optional is a pointer to a value, or nil for the zero value: what a server says of an input that
// was not declared.
func Optional[T comparable](v T) *T {
	var none T
	if v == none {
		return nil
	}
	return &v
}
