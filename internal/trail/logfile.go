package trail

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// place is where events belong: an account and a Region.
type place struct{ account, region string }

// logFile is a file of records, ready to be written.
type logFile struct {
	place
	key  string
	body []byte
	file namedFile
}

// namedFile is a log file as a digest names it.
type namedFile struct {
	Bucket string    `json:"bucket"`
	Key    string    `json:"key"`
	Hash   string    `json:"hash"` // SHA-256 of what was compressed, in hex
	Oldest time.Time `json:"oldest"`
	Newest time.Time `json:"newest"`
}

// gathered are the events of one place, in the order of recording.
type gathered struct {
	place
	events []*idc.AuditEvent
}

// pack makes the file of the events of a place:
// AWSLogs/[organization/]account/CloudTrail/region/yyyy/mm/dd/account_CloudTrail_region_time_unique.json.gz
// with the time of delivery.
func (s *Service) pack(t *idc.Trail, g gathered, now time.Time) (logFile, error) {
	var text bytes.Buffer
	text.WriteString(`{"Records":[`)
	for i, e := range g.events {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(e.Record)
	}
	text.WriteString("]}")
	body, err := compress(text.Bytes())
	if err != nil {
		return logFile{}, err
	}
	now = now.UTC()
	name := fmt.Sprintf("%s_CloudTrail_%s_%s_%s.json.gz", g.account, g.region, now.Format("20060102T1504Z"), s.unique())
	key := path.Join(s.folder(t, g.account), "CloudTrail", g.region, now.Format("2006/01/02"), name)
	byTime := func(a, b *idc.AuditEvent) int { return a.Time.Compare(b.Time) }
	return logFile{place: g.place, key: key, body: body, file: namedFile{
		Bucket: t.Bucket, Key: key, Hash: hash(text.Bytes()),
		Oldest: slices.MinFunc(g.events, byTime).Time, Newest: slices.MaxFunc(g.events, byTime).Time,
	}}, nil
}

// folder is where the files of an account lie in a trail's bucket.
func (s *Service) folder(t *idc.Trail, accountID string) string {
	organization := ""
	if t.OrganizationTrail {
		organization = s.OrganizationID
	}
	return path.Join(t.Prefix, "AWSLogs", organization, accountID)
}

// unique tells files of the same minute apart.
func (s *Service) unique() string {
	return strings.ReplaceAll(s.IDs.UUID(), "-", "")[:16]
}

func compress(text []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
