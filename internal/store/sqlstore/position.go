package sqlstore

import (
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// position is the cursor of a list that is ordered by time, then by key.
func position(at time.Time, key string) string {
	return strconv.FormatInt(micros(at), 10) + "." + key
}

func parsePosition(cursor string) (at int64, key string, err error) {
	head, key, ok := strings.Cut(cursor, ".")
	if ok {
		at, err = strconv.ParseInt(head, 10, 64)
	}
	if !ok || err != nil {
		return 0, "", errBadCursor()
	}
	return at, key, nil
}

// parseNumber reads the cursor of a list that is ordered by number; "" is the start.
func parseNumber(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil {
		return 0, errBadCursor()
	}
	return n, nil
}

func errBadCursor() error {
	return idc.Errorf(idc.Invalid, "The page token is not valid.").With(idc.ReasonInvalidPageToken)
}
