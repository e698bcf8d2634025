package idc

import "strings"

// FoldName returns the form in which names that are unique without regard to
// case are compared: user names, group names, e-mail addresses, role names.
func FoldName(s string) string { return strings.ToLower(s) }
