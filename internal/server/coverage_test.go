package server

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
)

//go:generate go test . -run TestCoverage -update

// update is for the one test that writes a file of the repository.
var update = flag.Bool("update", false, "rewrite docs/coverage.md")

// TestCoverage holds docs/coverage.md against the operations that are registered.
func TestCoverage(t *testing.T) {
	s := &Services{Keys: &keys.Service{}}
	var page bytes.Buffer
	if err := awsedge.Coverage(&page, s.operations()); err != nil {
		t.Fatal(err)
	}
	const file = "../../docs/coverage.md"
	if *update {
		if err := os.WriteFile(file, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, page.Bytes()) {
		t.Error("docs/coverage.md is not what the registered operations make it; run make generate")
	}
}
