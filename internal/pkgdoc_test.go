package internal

import (
	"go/parser"
	"path"
	"strings"
	"testing"
)

// TestPackageDoc demands a doc.go with a package comment in every package: the
// first thing a reader opens tells what the package is for. Generated packages
// carry theirs in the generated file.
func TestPackageDoc(t *testing.T) {
	type doc struct{ any, hasFile, isMain bool }
	packages := map[string]*doc{}
	for _, s := range parseAll(t, parser.ParseComments|parser.PackageClauseOnly) {
		if strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		d := packages[s.pkg]
		if d == nil {
			d = &doc{}
			packages[s.pkg] = d
		}
		d.isMain = d.isMain || s.file.Name.Name == "main"
		if s.file.Doc != nil && len(strings.TrimSpace(s.file.Doc.Text())) > 60 {
			d.any = true
			if path.Base(s.path) == "doc.go" || strings.HasSuffix(s.path, "_gen.go") {
				d.hasFile = true
			}
		}
	}
	for pkg, d := range packages {
		if !d.any || (!d.hasFile && !d.isMain) {
			t.Errorf("package %s has no doc.go that tells its story", pkg)
		}
	}
}
