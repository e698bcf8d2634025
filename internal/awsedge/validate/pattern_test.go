package validate_test

import (
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// TestEveryPatternIsUnderstood compiles every pattern of every model: one that
// Go cannot express needs a matcher of its own in awsapi.
func TestEveryPatternIsUnderstood(t *testing.T) {
	n := 0
	for _, s := range awsedge.Services() {
		for i := range s.Shapes {
			rule := s.Shapes[i].Rule
			if rule == nil || rule.Pattern == "" {
				continue
			}
			n++
			if err := awsapi.CheckPattern(rule.Pattern); err != nil {
				t.Errorf("%s %s: %v", s.Name, s.Shapes[i].Name, err)
			}
		}
	}
	if n < 150 {
		t.Errorf("only %d patterns were found; the models have more", n)
	}
}
