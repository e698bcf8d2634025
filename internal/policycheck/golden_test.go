package policycheck

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/gatehouse-idc/gatehouse/internal/serviceauth"
)

var update = flag.Bool("update", false, "write the findings into the files of testdata")

// TestFindings checks the policies in testdata: one file a check, named by its code, and some about policies as
// people write them. A file starts with the type of the policy and, after a blank, the type of the resource.
func TestFindings(t *testing.T) {
	checker := &Checker{Catalog: serviceauth.New()}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			typ, resource, _ := strings.Cut(strings.TrimSpace(string(archive.Comment)), " ")
			policy := Policy{Document: string(archive.Files[0].Data), Type: PolicyType(typ), ResourceType: resource}
			got := describe(checker.Validate(policy))
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if code := strings.TrimSuffix(filepath.Base(name), ".txtar"); code == strings.ToUpper(code) && !strings.Contains(got, " "+code+" ") {
				t.Errorf("no %s", code)
			}
		})
	}
}

// TestEveryCheckHasAFile, and thereby a policy that provokes it.
func TestEveryCheckHasAFile(t *testing.T) {
	for code := range issues {
		if _, err := os.Stat(filepath.Join("testdata", code+".txtar")); err != nil {
			t.Error(err)
		}
	}
}

func describe(findings []Finding) string {
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %s %s\n", f.Type, f.IssueCode, place(f.Locations[0]))
		for _, l := range f.Locations[1:] {
			fmt.Fprintf(&b, "    and %s\n", place(l))
		}
		fmt.Fprintf(&b, "    %s\n", f.Details)
	}
	return b.String()
}

func place(l Location) string {
	path := ""
	for _, e := range l.Path {
		switch e.Kind {
		case Index:
			path += fmt.Sprintf("[%d]", e.Index)
		case Key:
			path += "/" + e.Name + "(key)"
		default:
			path += "/" + e.Name
		}
	}
	if path == "" {
		path = "/"
	}
	return fmt.Sprintf("%s %d:%d(%d)-%d:%d(%d)", path, l.Start.Line, l.Start.Column, l.Start.Offset, l.End.Line, l.End.Column, l.End.Offset)
}
