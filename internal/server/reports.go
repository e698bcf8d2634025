package server

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
)

// servedServices are the services whose actions are seen here, by the prefix that
// policies use.
func servedServices() []string {
	var out []string
	for _, service := range awsedge.Services() {
		for i := range service.Operations {
			if prefix, _, signed := strings.Cut(service.Operations[i].Action, ":"); signed && !slices.Contains(out, prefix) {
				out = append(out, prefix)
			}
		}
	}
	return out
}

// flushUses writes down what roles were used for since the last time, at the end.
func (s *Server) flushUses(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	return s.Uses.Flush(ctx)
}
