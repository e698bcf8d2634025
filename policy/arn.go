package policy

import "strings"

// arnFields is the number of fields of an ARN: arn, partition, service, region, account and resource.
const arnFields = 6

// splitARN splits at the first five colons. Colons inside a policy variable do not separate. It returns the
// number of fields found; the sixth holds everything that is left.
func splitARN(s string) (fields [arnFields]string, n int) {
	start, depth := 0, 0
	for i := 0; i < len(s) && n < arnFields-1; i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == ':' && depth == 0:
			fields[n] = s[start:i]
			n++
			start = i + 1
		}
	}
	fields[n] = s[start:]
	return fields, n + 1
}

// splitRequestARN splits an ARN that comes with a request, where "${" is data.
func splitRequestARN(s string) (fields [arnFields]string, ok bool) {
	for n := range arnFields - 1 {
		var found bool
		if fields[n], s, found = strings.Cut(s, ":"); !found {
			return fields, false
		}
	}
	fields[arnFields-1] = s
	return fields, fields[0] == "arn"
}
