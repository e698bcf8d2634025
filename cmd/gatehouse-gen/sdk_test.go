package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	// The modules whose sources are read. Importing their types keeps them in
	// go.mod and has the go tool fetch them.
	_ "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	_ "github.com/aws/aws-sdk-go-v2/service/iam/types"
	_ "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	_ "github.com/aws/aws-sdk-go-v2/service/organizations/types"
	_ "github.com/aws/aws-sdk-go-v2/service/signin/types"
	_ "github.com/aws/aws-sdk-go-v2/service/sso/types"
	_ "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
	_ "github.com/aws/aws-sdk-go-v2/service/ssooidc/types"
	_ "github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// sdkService is what the AWS SDK for Go v2 knows of a service, read from its
// sources without compiling them.
type sdkService struct {
	operations map[string]bool
	// structs maps a Go struct, such as CreateUserInput, Tag or the exception
	// ConflictException, to its fields and their types as written.
	structs map[string]map[string]string
	enums   map[string][]string
	unions  map[string]bool
	// required holds "Struct.Field" of the fields documented as required.
	required map[string]bool
}

// sdkDir finds the sources of a service's module.
func sdkDir(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/"+name).Output()
	dir := strings.TrimSpace(string(out))
	if err != nil || dir == "" {
		t.Fatalf("the sources of the AWS SDK's %s are not here: %v", name, err)
	}
	return dir
}

func readSDK(t *testing.T, name string) *sdkService {
	t.Helper()
	dir := sdkDir(t, name)
	s := &sdkService{operations: map[string]bool{}, structs: map[string]map[string]string{}, enums: map[string][]string{}, unions: map[string]bool{}, required: map[string]bool{}}
	files, err := filepath.Glob(filepath.Join(dir, "api_op_*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no operations in %s: %v", dir, err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		op := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "api_op_"), ".go")
		s.operations[op] = true
		s.read(t, path, func(name string) bool { return name == op+"Input" || name == op+"Output" })
	}
	for _, file := range []string{"types.go", "errors.go", "enums.go"} {
		path := filepath.Join(dir, "types", file)
		if found, err := filepath.Glob(path); err == nil && len(found) > 0 {
			s.read(t, path, func(string) bool { return true })
		}
	}
	return s
}

// read collects the declarations of a file.
func (s *sdkService) read(t *testing.T, path string, want func(string) bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && want(spec.Name.Name) {
					s.readType(spec)
				}
			case *ast.ValueSpec:
				s.readConst(spec)
			}
		}
	}
}

func (s *sdkService) readType(spec *ast.TypeSpec) {
	switch typ := spec.Type.(type) {
	case *ast.InterfaceType:
		s.unions[spec.Name.Name] = true
	case *ast.StructType:
		fields := map[string]string{}
		for _, f := range typ.Fields.List {
			for _, n := range f.Names {
				if !n.IsExported() || n.Name == "ResultMetadata" || n.Name == "ErrorCodeOverride" {
					continue
				}
				fields[n.Name] = typeText(f.Type)
				if f.Doc != nil && strings.Contains(f.Doc.Text(), "This member is required.") {
					s.required[spec.Name.Name+"."+n.Name] = true
				}
			}
		}
		s.structs[spec.Name.Name] = fields
	}
}

// readConst collects the values of enumerations: StatusTypeActive StatusType = "Active".
func (s *sdkService) readConst(spec *ast.ValueSpec) {
	typ, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	lit, ok := spec.Values[0].(*ast.BasicLit)
	if !ok {
		return
	}
	if v, err := strconv.Unquote(lit.Value); err == nil {
		s.enums[typ.Name] = append(s.enums[typ.Name], v)
	}
}

func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return "*" + typeText(e.X)
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	case *ast.ArrayType:
		return "[]" + typeText(e.Elt)
	case *ast.MapType:
		return "map[" + typeText(e.Key) + "]" + typeText(e.Value)
	}
	return "?"
}
