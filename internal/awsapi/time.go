package awsapi

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// isoLayout is how AWS writes times in XML and query strings: UTC, in whole
// seconds.
const isoLayout = "2006-01-02T15:04:05Z"

// httpLayout is RFC 9110's IMF-fixdate.
const httpLayout = "Mon, 02 Jan 2006 15:04:05 GMT"

// FormatTime writes a timestamp as text, in UTC: epoch seconds to the
// millisecond, ISO 8601 and HTTP dates in whole seconds, which cuts the rest off.
func FormatTime(f TimeFormat, t time.Time) string {
	t = t.UTC().Truncate(time.Millisecond)
	switch f {
	case TimeEpoch:
		return string(AppendEpoch(nil, t))
	case TimeHTTP:
		return t.Format(httpLayout)
	}
	return t.Format(isoLayout)
}

// AppendEpoch appends seconds since 1970, with milliseconds where there are any.
func AppendEpoch(b []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		b = append(b, '-')
		ms = -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	if rest := ms % 1000; rest != 0 {
		b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
	}
	return b
}

// ParseTime reads what FormatTime writes, and RFC 3339 with any offset and fraction.
func ParseTime(f TimeFormat, s string) (time.Time, error) {
	switch f {
	case TimeEpoch:
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || math.Abs(v) >= 253402300800 || math.IsNaN(v) {
			return time.Time{}, fmt.Errorf("%q is not a time in seconds", s)
		}
		return time.UnixMilli(int64(math.Round(v * 1000))).UTC(), nil
	case TimeHTTP:
		return time.Parse(httpLayout, s)
	}
	t, err := time.Parse(time.RFC3339, s)
	return t.UTC(), err
}
