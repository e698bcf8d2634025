package permissionset

import (
	"regexp"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The bounds of a session duration, and what a permission set gets that names none.
const (
	MinSession      = time.Hour
	MaxSession      = 12 * time.Hour
	DefaultDuration = "PT1H"
)

var durationForm = regexp.MustCompile(`^P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)

// ParseDuration reads an ISO 8601 duration of days, hours, minutes and seconds,
// such as "PT1H30M". Years and months have no fixed length and are refused.
// A session lasts between MinSession and MaxSession.
func ParseDuration(s string) (time.Duration, error) {
	refuse := idc.Errorf(idc.Invalid, "Invalid session duration %s: must be an ISO-8601 duration from PT1H to PT12H.", s)
	m := durationForm.FindStringSubmatch(s)
	if m == nil {
		return 0, refuse
	}
	units := []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second}
	var total time.Duration
	for i, unit := range units {
		if m[i+1] == "" {
			continue
		}
		n, err := strconv.Atoi(m[i+1])
		if err != nil {
			return 0, refuse.Because(err)
		}
		total += time.Duration(n) * unit
	}
	if total < MinSession || total > MaxSession {
		return 0, refuse
	}
	return total, nil
}

// SessionDuration is how long a session of the permission set lasts. A stored
// duration has been checked; should it be unreadable all the same, the shortest is used.
func SessionDuration(ps *idc.PermissionSet) time.Duration {
	d, err := ParseDuration(ps.SessionDuration)
	if err != nil {
		return MinSession
	}
	return d
}
