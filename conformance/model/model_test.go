package model_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// TestSamples finds for every text of every model a value that the model allows: probes that break one
// rule start from it.
func TestSamples(t *testing.T) {
	services, err := model.Load("../../models")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range services {
		for _, shape := range s.Shapes {
			if !shape.IsText() {
				continue
			}
			if _, err := shape.Sample(); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
}
