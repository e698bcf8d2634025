package idc_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Whose fault it is stays clear in errors that bring no text of their own.
func TestOnlyInternalErrorsCallThemselvesInternal(t *testing.T) {
	for _, kind := range idc.AllKinds() {
		text := idc.PublicMessage(&idc.Error{Kind: kind})
		if text == "" || strings.Contains(text, "Internal error") != (kind == idc.Internal) {
			t.Errorf("%v without a message says %q", kind, text)
		}
	}
}
