package idc

import (
	"slices"
	"strings"
)

// MaxTags is how many tags a resource may have, AWS's documented quota.
const MaxTags = 50

// MergeTags returns have with the tags of set added or replaced. A key that is
// given twice, a key in the reserved "aws:" space, and more than MaxTags are refused.
func MergeTags(have, set []Tag) ([]Tag, error) {
	merged := slices.Clone(have)
	seen := map[string]bool{}
	for _, t := range set {
		if t.Key == "" || len(t.Key) > 128 || len(t.Value) > 256 {
			return nil, Errorf(Invalid, "A tag has a key of 1 to 128 and a value of at most 256 characters.")
		}
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return nil, Errorf(Invalid, "Tag keys starting with aws: are reserved for internal use.")
		}
		if seen[t.Key] {
			return nil, Errorf(Invalid, "The tag key %s is given twice.", t.Key)
		}
		seen[t.Key] = true
		at := slices.IndexFunc(merged, func(m Tag) bool { return m.Key == t.Key })
		if at < 0 {
			merged = append(merged, t)
		} else {
			merged[at].Value = t.Value
		}
	}
	if len(merged) > MaxTags {
		return nil, Errorf(QuotaExceeded, "A resource can have at most %d tags.", MaxTags)
	}
	return merged, nil
}

// RemoveTags returns have without the tags of the given keys.
func RemoveTags(have []Tag, keys []string) []Tag {
	return slices.DeleteFunc(slices.Clone(have), func(t Tag) bool { return slices.Contains(keys, t.Key) })
}
