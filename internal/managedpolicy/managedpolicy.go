package managedpolicy

import (
	"cmp"
	"compress/flate"
	"crypto/sha256"
	_ "embed" // for the data files
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
)

// index has one line per policy, sorted by ARN: ARN, version id, times of creation and last update,
// and where the document lies in documents (offset and length).
//
//go:embed data/index.tsv
var index string

//go:embed data/documents.bin
var documents string

// Summary is a policy without its document.
type Summary struct {
	ARN       string    // arn:aws:iam::aws:policy/...
	Name      string    // the last part of the ARN
	Path      string    // "/", "/job-function/", "/service-role/", "/aws-service-role/", "/root-task/"
	ID        string    // ANPA and 17 letters, derived from the ARN
	VersionID string    // the default version, such as "v12"
	CreatedAt time.Time // of the policy
	UpdatedAt time.Time // when the default version came
}

// Policy is a policy in its default version.
type Policy struct {
	Summary
	Document string // JSON, indented by four spaces
}

// Get returns the policy with this ARN, and whether there is one. ARNs are case-sensitive.
func Get(policyARN string) (Policy, bool) {
	line, ok := find(policyARN)
	if !ok {
		return Policy{}, false
	}
	summary, offset, length := parse(line)
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(documents[offset : offset+length])))
	if err != nil {
		panic(fmt.Sprintf("managedpolicy: embedded document of %s: %v", policyARN, err))
	}
	return Policy{Summary: summary, Document: string(text)}, true
}

// Exists reports whether there is a policy with this ARN, without reading its document.
func Exists(policyARN string) bool {
	_, ok := find(policyARN)
	return ok
}

// List returns all policies, sorted by name.
func List() []Summary {
	out := make([]Summary, 0, strings.Count(index, "\n"))
	for line := range strings.Lines(index) {
		summary, _, _ := parse(strings.TrimSuffix(line, "\n"))
		out = append(out, summary)
	}
	slices.SortFunc(out, func(a, b Summary) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// find is a binary search over the lines of the index.
func find(policyARN string) (line string, ok bool) {
	for rest := index; rest != ""; {
		start := strings.LastIndexByte(rest[:len(rest)/2], '\n') + 1
		end := start + strings.IndexByte(rest[start:], '\n')
		line = rest[start:end]
		name, _, _ := strings.Cut(line, "\t")
		switch cmp.Compare(policyARN, name) {
		case 0:
			return line, true
		case -1:
			rest = rest[:start]
		default:
			rest = rest[end+1:]
		}
	}
	return "", false
}

// parse reads a line of the index. The data is ours and tested, so that a bad line is a broken build.
func parse(line string) (s Summary, offset, length int) {
	fields := strings.Split(line, "\t")
	fail := func(err error) {
		if err != nil {
			panic(fmt.Sprintf("managedpolicy: embedded index line %q: %v", line, err))
		}
	}
	if len(fields) != 6 {
		fail(fmt.Errorf("%d fields", len(fields)))
	}
	s.ARN, s.VersionID, s.ID = fields[0], fields[1], policyID(fields[0])
	var err error
	_, s.Path, s.Name, err = arn.ParsePolicy(s.ARN)
	fail(err)
	for i, t := range []*time.Time{&s.CreatedAt, &s.UpdatedAt} {
		*t, err = time.Parse(time.RFC3339, fields[2+i])
		fail(err)
	}
	offset, err = strconv.Atoi(fields[4])
	fail(err)
	length, err = strconv.Atoi(fields[5])
	fail(err)
	return s, offset, length
}

// policyID has the form of an IAM unique id of a managed policy: ANPA and 17 letters of base32.
func policyID(policyARN string) string {
	sum := sha256.Sum256([]byte(policyARN))
	return "ANPA" + base32.StdEncoding.EncodeToString(sum[:])[:17]
}
