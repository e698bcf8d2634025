package compare_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatehouse-idc/gatehouse/policy"
	"github.com/gatehouse-idc/gatehouse/policy/compare"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*/*.txtar")

// TestCases runs the files of testdata. The folder says which check it is. The first lines say what a case shows. Its
// files are:
//
//	existing.json, updated.json   the documents of CheckNoNewAccess
//	document.json                 the document of the other checks
//	access.json                   what must not be granted
//	kind                          identity (the default), resource, or for public access the resource type
//	want                          the result
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(name, "testdata/"), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := make(map[string][]byte)
			for _, f := range archive.Files {
				files[f.Name] = f.Data
			}
			got := runCase(t, filepath.Base(filepath.Dir(name)), files)
			if *update {
				rewrite(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(string(files["want"]), got); diff != "" {
				t.Errorf("%s(-want +got)\n%s", archive.Comment, diff)
			}
		})
	}
}

func rewrite(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	want := -1
	for i, f := range archive.Files {
		if f.Name == "want" {
			want = i
		}
	}
	if want < 0 {
		want = len(archive.Files)
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
	}
	archive.Files[want].Data = []byte(got)
	if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

func runCase(t *testing.T, check string, files map[string][]byte) string {
	t.Helper()
	kind := policy.IdentityPolicy
	named := strings.TrimSpace(string(files["kind"]))
	if named == "resource" {
		kind = policy.ResourcePolicy
	}
	var res compare.Result
	var err error
	switch check {
	case "newaccess":
		res, err = compare.NoNewAccess(read(t, files["existing.json"]), read(t, files["updated.json"]), kind)
	case "notgranted":
		var access []compare.Access
		if err := json.Unmarshal(files["access.json"], &access); err != nil {
			t.Fatal(err)
		}
		res, err = compare.NotGranted(read(t, files["document.json"]), access, kind)
	case "public":
		res, err = compare.NoPublicAccess(read(t, files["document.json"]), named)
	default:
		t.Fatalf("unknown check %q", check)
	}
	if err != nil {
		return fmt.Sprintf("error: %v\n", err)
	}
	return render(res)
}

func render(res compare.Result) string {
	var b strings.Builder
	outcome := "FAIL"
	if res.Pass {
		outcome = "PASS"
	}
	fmt.Fprintf(&b, "%s: %s\n", outcome, res.Message)
	for _, r := range res.Reasons {
		fmt.Fprintf(&b, "- %s (%s)\n  %s\n", r.Description, r.Start, r.Example)
	}
	return b.String()
}

func read(t testing.TB, doc []byte) *policy.Document {
	t.Helper()
	d, err := policy.Read(doc)
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	return d
}

// A document that is not one of its kind, and a kind that grants nothing, are errors and no results.
func TestInvalid(t *testing.T) {
	good := read(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}`))
	principal := read(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"*"}}`))
	effect := read(t, []byte(`{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"s3:Get*","Resource":"*"}}`))
	for name, check := range map[string]func() (compare.Result, error){
		"a principal in an identity policy": func() (compare.Result, error) {
			return compare.NoNewAccess(good, principal, policy.IdentityPolicy)
		},
		"no principal in a resource's policy": func() (compare.Result, error) {
			return compare.NoNewAccess(good, principal, policy.ResourcePolicy)
		},
		"an effect in the wrong letters": func() (compare.Result, error) {
			return compare.NotGranted(effect, nil, policy.IdentityPolicy)
		},
		"a resource control policy": func() (compare.Result, error) {
			return compare.NoNewAccess(principal, principal, policy.ResourceControlPolicy)
		},
		"an unknown kind": func() (compare.Result, error) {
			return compare.NoNewAccess(good, good, policy.Kind(99))
		},
		"an access to no action": func() (compare.Result, error) {
			return compare.NotGranted(good, []compare.Access{{Actions: []string{"GetObject"}}}, policy.IdentityPolicy)
		},
		"an access to no resource": func() (compare.Result, error) {
			return compare.NotGranted(good, []compare.Access{{Resources: []string{"bucket"}}}, policy.IdentityPolicy)
		},
		"public access through an identity policy": func() (compare.Result, error) {
			return compare.NoPublicAccess(good, "AWS::S3::Bucket")
		},
	} {
		if res, err := check(); !errors.Is(err, compare.ErrInvalid) || res.Pass {
			t.Errorf("%s: got %+v, %v", name, res, err)
		}
	}
}
