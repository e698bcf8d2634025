package internal

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module is the import path of the repository's root.
const module = "github.com/gatehouse-idc/gatehouse/"

// services is floor F3 in import order: a service may import those before it.
var services = []string{
	"internal/audit", "internal/keys", "internal/trail", "internal/directory", "internal/identitysource",
	"internal/account", "internal/role", "internal/accessreport", "internal/permissionset", "internal/assignment",
	"internal/provisioning", "internal/application", "internal/accountaccess", "internal/instance", "internal/accesscontrol", "internal/authn", "internal/session",
	"internal/sts", "internal/accessrequest", "internal/authz", "internal/accesstest", "internal/policycheck", "internal/jobs",
}

// floors lists the package prefixes of each floor, ground first.
var floors = [][]string{
	0: {"internal/arn", "internal/clock", "internal/ids", "internal/pagetoken", "internal/sealed", "internal/reqctx"},
	1: {"internal/idc", "internal/awsapi", "internal/managedpolicy", "internal/awsconfig", "internal/serviceauth", "policy"},
	2: {"internal/orgfile", "internal/policycase", "internal/reason", "internal/sigv4", "internal/saml", "internal/oidc", "internal/scim", "internal/store"},
	3: services,
	4: {"internal/awsedge", "internal/webui", "web"},
	5: {"internal/api", "internal/scimserver", "internal/signin", "internal/portal", "internal/console",
		"internal/samlidp", "internal/oidcidp", "internal/federation", "internal/consolelink", "internal/extauthz"},
	6: {"internal/config", "internal/server", "internal/testidc", "internal/demo", "internal/control", "internal/orgread", "internal/metrics", "cmd", "gatehousetest"},
}

// forbidden names imports a floor must not have, with the reason.
var forbidden = []struct {
	floor  int
	except []string // package prefixes
	path   string
	reason string
}{
	{1, nil, "context", "nouns and languages are pure values"},
	{1, nil, "net/http", "nouns and languages are pure values"},
	{1, nil, "database/sql", "nouns and languages are pure values"},
	{3, nil, "html/template", "pages belong to the front doors"},
	{3, []string{"internal/audit", "internal/provisioning/target", "internal/identitysource", "internal/trail/destination"}, "net/http",
		"services know no protocol; network clients live in audit, targets and identity sources"},
	{3, nil, "database/sql", "SQL lives in sqlstore"},
	{5, nil, "database/sql", "SQL lives in sqlstore"},
}

type source struct {
	path string // of the file, from the repository's root
	pkg  string // folder
	file *ast.File
	src  []byte
	fset *token.FileSet
}

// parseAll reads every Go file of the repository. It walks the files itself:
// the go tool tracks what a test opens, but caches the answer of a subprocess.
func parseAll(t *testing.T, mode parser.Mode) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != ".." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "tools") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, src, mode)
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		out = append(out, source{path: rel, pkg: filepath.ToSlash(filepath.Dir(rel)), file: file, src: src, fset: fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 20 {
		t.Fatalf("found only %d Go files: the walk is broken", len(out))
	}
	return out
}

func under(pkg string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool {
		return pkg == p || strings.HasPrefix(pkg, p+"/")
	})
}

func floorOf(pkg string) int {
	for i, prefixes := range floors {
		if under(pkg, prefixes) {
			return i
		}
	}
	return -1
}

func serviceOf(pkg string) int {
	return slices.IndexFunc(services, func(s string) bool { return under(pkg, []string{s}) })
}

// TestFloors holds every import against the floors.
func TestFloors(t *testing.T) {
	for _, s := range parseAll(t, parser.ImportsOnly) {
		if s.pkg == "internal" || under(s.pkg, []string{"e2e", "bench", "conformance", "scripts"}) || s.pkg == "." {
			checkOutside(t, s)
			continue
		}
		floor := floorOf(s.pkg)
		if floor < 0 {
			t.Errorf("%s: package %s stands on no floor; add it to arch_test.go and docs/architecture.md", s.path, s.pkg)
			continue
		}
		isTest := strings.HasSuffix(s.path, "_test.go")
		for _, spec := range s.file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if !strings.HasPrefix(path, module) {
				if !isTest {
					checkForeign(t, s, floor, path)
				}
				continue
			}
			if isTest {
				continue // a test may use what is above it, such as testidc
			}
			if why := mayNotImport(s.pkg, strings.TrimPrefix(path, module)); why != "" {
				t.Errorf("%s imports %s: %s", s.path, path, why)
			}
		}
	}
}

// checkOutside keeps the conformance suite outside: it knows the server by its wire and its program alone.
func checkOutside(t *testing.T, s source) {
	t.Helper()
	if !under(s.pkg, []string{"conformance"}) {
		return
	}
	for _, spec := range s.file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if rel, ours := strings.CutPrefix(path, module); ours && !under(rel, []string{"conformance", "bench/running"}) {
			t.Errorf("%s imports %s: the conformance suite knows nothing of the server", s.path, path)
		}
	}
}

func checkForeign(t *testing.T, s source, floor int, path string) {
	t.Helper()
	if floor == 0 && strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
		t.Errorf("%s imports %s: the ground uses the standard library only", s.path, path)
	}
	for _, f := range forbidden {
		if f.floor == floor && f.path == path && !under(s.pkg, f.except) {
			t.Errorf("%s imports %s: %s", s.path, path, f.reason)
		}
	}
}

// mayNotImport says why pkg may not import target, or "".
func mayNotImport(pkg, target string) string {
	from, to := floorOf(pkg), floorOf(target)
	own := func(prefix string) bool { return under(pkg, []string{prefix}) && under(target, []string{prefix}) }
	switch {
	case to < 0:
		return "it stands on no floor"
	case under(target, []string{"internal/store/sqlstore"}) && from != 6 && !under(pkg, []string{"internal/store"}):
		return "only server, testidc and cmd choose a database"
	case to > from:
		return fmt.Sprintf("imports go down only (floor %d to %d)", from, to)
	case from == 3 && to == 3:
		if a, b := serviceOf(pkg), serviceOf(target); b > a {
			return "a service imports only services listed before it"
		}
	case from == 3 && under(target, []string{"internal/awsapi"}):
		return "services speak idc, not the wire"
	case from == 4 && (to == 3 || under(target, []string{"internal/store"})):
		return "front-door machinery knows no service and no store"
	case from == 5 && to == 5:
		for _, prefix := range []string{"internal/signin", "internal/portal"} {
			if own(prefix) {
				return ""
			}
		}
		return "front doors do not import each other"
	case from == 1 && to == 1 && !own("internal/awsapi") && !own("policy") && !own("internal/managedpolicy"):
		return "nouns and languages do not import each other"
	case from == 2 && to == 2 && !own("internal/store"):
		return "languages do not import each other"
	case from == 0 && to == 0:
		if !under(pkg, []string{"internal/pagetoken"}) {
			return "ground packages stand alone (pagetoken rests on sealed)"
		}
	}
	return ""
}

// TestClock keeps time an argument: only package clock may ask the system.
func TestClock(t *testing.T) {
	for _, s := range parseAll(t, 0) {
		if under(s.pkg, []string{"internal/clock", "e2e", "bench", "conformance", "scripts"}) || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Now" {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "time" {
				t.Errorf("%s: time.Now belongs in package clock, so that tests can set the time", s.fset.Position(sel.Pos()))
			}
			return true
		})
	}
}

// TestSizes keeps files, functions and packages readable.
func TestSizes(t *testing.T) {
	const maxFile, maxFunc, maxPackage = 600, 80, 6000
	packages := map[string]int{}
	for _, s := range parseAll(t, parser.ParseComments) {
		if ast.IsGenerated(s.file) {
			continue
		}
		lines := bytes.Count(s.src, []byte("\n"))
		if lines > maxFile {
			t.Errorf("%s has %d lines, more than %d: split it by noun or by step", s.path, lines, maxFile)
		}
		if !strings.HasSuffix(s.path, "_test.go") {
			packages[s.pkg] += lines
		}
		for _, decl := range s.file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || strings.HasSuffix(s.path, "_test.go") {
				continue
			}
			if n := s.fset.Position(fn.End()).Line - s.fset.Position(fn.Pos()).Line + 1; n > maxFunc {
				t.Errorf("%s: %s has %d lines, more than %d: split it by step", s.path, fn.Name.Name, n, maxFunc)
			}
		}
	}
	for pkg, lines := range packages {
		if lines > maxPackage {
			t.Errorf("package %s has %d lines, more than %d: look for the second noun in it", pkg, lines, maxPackage)
		}
	}
}

// TestNoHiddenState forbids init functions and packages named for nothing.
func TestNoHiddenState(t *testing.T) {
	vague := []string{"util", "utils", "common", "helper", "helpers", "misc"}
	for _, s := range parseAll(t, 0) {
		if slices.Contains(vague, s.file.Name.Name) {
			t.Errorf("%s: a package called %s says nothing; name it for its concept", s.path, s.file.Name.Name)
		}
		for _, decl := range s.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: init hides work from the reader; call it from main or a constructor", s.path)
			}
		}
	}
}
