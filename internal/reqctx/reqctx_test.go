package reqctx

import (
	"context"
	"testing"
)

func TestWithAndFrom(t *testing.T) {
	if got := From(context.Background()); got != (Info{}) {
		t.Errorf("From an empty context = %+v, want the zero Info", got)
	}
	first := Info{RequestID: "r1", ClientIP: "192.0.2.7", UserAgent: "aws-cli/2", Door: "ssoadmin"}
	outer := With(context.Background(), first)
	inner := With(outer, Info{RequestID: "r2"})
	if got := From(outer); got != first {
		t.Errorf("From(outer) = %+v, want %+v", got, first)
	}
	if got := From(inner); got != (Info{RequestID: "r2"}) {
		t.Errorf("From(inner) = %+v, want only the inner values", got)
	}
}
