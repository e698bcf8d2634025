package protocoltest

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"

	// The modules whose snapshots are read. Importing their types keeps them in
	// go.mod and has the go tool fetch them.
	_ "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	_ "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	_ "github.com/aws/aws-sdk-go-v2/service/signin/types"
	_ "github.com/aws/aws-sdk-go-v2/service/sso/types"
	_ "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	_ "github.com/aws/aws-sdk-go-v2/service/ssooidc/types"
)

// snapshots lists the services whose modules carry snapshots: how many
// operations have a request, and whether there are responses.
func snapshots() []struct {
	service, module string
	requests        int
	responses       bool
} {
	return []struct {
		service, module string
		requests        int
		responses       bool
	}{
		{"sso-admin", "ssoadmin", 79, true},
		{"identitystore", "identitystore", 22, true},
		{"sso", "sso", 4, true},
		{"sso-oidc", "ssooidc", 4, true},
		{"organizations", "organizations", 63, true},
		{"signin", "signin", 12, true},
		{"sts", "sts", 11, false},
		{"iam", "iam", 180, false},
	}
}

func moduleDir(t *testing.T, module string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/"+module).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("the sources of the AWS SDK's %s are not here: %v", module, err)
	}
	return dir
}

// snapshotFiles lists the snapshots of a kind by the name before its suffix.
func snapshotFiles(t *testing.T, dir, suffix string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, p := range paths {
		files[strings.TrimSuffix(filepath.Base(p), suffix)] = p
	}
	return files
}

// message is a snapshot taken apart: its first line, its headers, its body.
type message struct {
	first  string
	header http.Header
	body   []byte
}

func readSnapshot(t *testing.T, path string) message {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := message{header: http.Header{}}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	m.first = string(first)
	// Requests have an empty line after the first, responses have none.
	rest = bytes.TrimPrefix(rest, []byte("\n"))
	for {
		line, more, found := bytes.Cut(rest, []byte("\n"))
		name, value, isHeader := bytes.Cut(line, []byte(": "))
		if !isHeader || bytes.HasPrefix(line, []byte("{")) {
			m.body = bytes.TrimSpace(rest)
			return m
		}
		m.header.Add(string(name), string(value))
		if rest = more; !found {
			return m
		}
	}
}

// status reads the first line of a response.
func (m message) status(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(m.first)
	if err != nil {
		t.Fatalf("the status line is %q", m.first)
	}
	return n
}

func serviceModel(t *testing.T, name string) awsedge.ServiceModel {
	t.Helper()
	for _, s := range awsedge.Services() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no service %s", name)
	return awsedge.ServiceModel{}
}

func operation(t *testing.T, s awsedge.ServiceModel, name string) *awsapi.Operation {
	t.Helper()
	for i := range s.Operations {
		if s.Operations[i].Name == name {
			return &s.Operations[i]
		}
	}
	t.Fatalf("%s has no operation %s", s.Name, name)
	return nil
}
