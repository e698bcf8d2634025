package behaviour

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What a case may write in place of a value.
const (
	absent  = "!absent"  // the member must not be there
	present = "!present" // any value
	empty   = "!empty"   // an empty list, text or object, or none
)

// mismatch says where got lacks what is wanted, or "". An object must hold the members that are wanted, and may hold
// more. A list must hold each item that is wanted, in any order; {count: 3} in place of a list counts, and {none:
// [item]} forbids. A text after "~" is a pattern.
func mismatch(want, got any, at string) string {
	switch w := want.(type) {
	case map[string]any:
		if list, isList := got.([]any); isList || got == nil && isListRule(w) {
			return listRule(w, list, at)
		}
		object, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s is %s, not an object", at, show(got))
		}
		for _, name := range slices.Sorted(maps.Keys(w)) {
			inner := strings.TrimPrefix(at+"."+name, ".")
			if why := mismatch(w[name], object[name], inner); why != "" {
				return why
			}
		}
		return ""
	case []any:
		list, ok := got.([]any)
		if !ok {
			return fmt.Sprintf("%s is %s, not a list", at, show(got))
		}
		if len(w) == 0 && len(list) > 0 {
			return fmt.Sprintf("%s is not empty: %s", at, show(got))
		}
		for _, item := range w {
			if !contains(list, item) {
				return fmt.Sprintf("%s has no %s: %s", at, show(item), show(got))
			}
		}
		return ""
	}
	return scalar(want, got, at)
}

func isListRule(w map[string]any) bool {
	for _, key := range []string{"count", "atLeast", "none"} {
		if _, has := w[key]; has && len(w) <= 3 {
			return true
		}
	}
	return false
}

func listRule(w map[string]any, list []any, at string) string {
	for key, value := range w {
		n, _ := number(value)
		switch key {
		case "count":
			if float64(len(list)) != n {
				return fmt.Sprintf("%s has %d items, not %v: %s", at, len(list), n, show(list))
			}
		case "atLeast":
			if float64(len(list)) < n {
				return fmt.Sprintf("%s has %d items, fewer than %v", at, len(list), n)
			}
		case "none":
			items, _ := value.([]any)
			for _, item := range items {
				if contains(list, item) {
					return fmt.Sprintf("%s has %s, which must not be there", at, show(item))
				}
			}
		default:
			return fmt.Sprintf("%s is a list, an object is wanted", at)
		}
	}
	return ""
}

func contains(list []any, item any) bool {
	return slices.ContainsFunc(list, func(got any) bool { return mismatch(item, got, "") == "" })
}

func scalar(want, got any, at string) string {
	text, isText := want.(string)
	switch {
	case isText && text == absent:
		if got != nil {
			return fmt.Sprintf("%s is there: %s", at, show(got))
		}
		return ""
	case isText && text == present:
		if got == nil {
			return at + " is missing"
		}
		return ""
	case isText && text == empty:
		if got == nil || got == "" || !isScalar(got) && len(asList(got))+len(asObject(got)) == 0 {
			return ""
		}
		return fmt.Sprintf("%s is not empty: %s", at, show(got))
	case got == nil:
		return at + " is missing"
	case isText && strings.HasPrefix(text, "~"):
		re, err := regexp.Compile(text[1:])
		if err != nil {
			return err.Error()
		}
		if !re.MatchString(fmt.Sprint(got)) {
			return fmt.Sprintf("%s is %s, which does not match %s", at, show(got), text[1:])
		}
		return ""
	}
	if a, ok := number(want); ok {
		if b, ok := number(got); ok && a == b {
			return ""
		}
	} else if want == got {
		return ""
	}
	return fmt.Sprintf("%s is %s, not %s", at, show(got), show(want))
}

func asList(v any) []any            { l, _ := v.([]any); return l }
func asObject(v any) map[string]any { o, _ := v.(map[string]any); return o }

func isScalar(v any) bool { return asList(v) == nil && asObject(v) == nil }

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case float64:
		return n, true
	}
	return 0, false
}

// at takes the part of an output that a path names: "Users.0.UserId".
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		if i, err := strconv.Atoi(name); err == nil {
			list := asList(v)
			if i >= len(list) {
				return nil
			}
			v = list[i]
			continue
		}
		v = asObject(v)[name]
	}
	return v
}
