package server

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// regions tells in which Region a request is made. One address serves all of them, so
// it is the Region that the client signed for, which its signature covers, or else that
// of the host name; but only Regions that were added to the instance and are active
// count. Everything else is made in the primary Region.
type regions struct {
	store store.Store

	mu       sync.Mutex
	known    bool
	revision uint64
	active   []string
}

// of returns an added Region, or "" for the primary one.
func (g *regions) of(ctx context.Context, r *http.Request) (string, error) {
	active, err := g.added(ctx)
	if err != nil || len(active) == 0 {
		return "", err
	}
	named := scopeRegion(r)
	if named == "" {
		named = hostRegion(r.Host)
	}
	if !slices.Contains(active, named) {
		return "", nil
	}
	return named, nil
}

// added returns the active Regions beside the primary one.
func (g *regions) added(ctx context.Context) ([]string, error) {
	revision := g.store.RevisionOf(store.NounInstance)
	g.mu.Lock()
	active, fresh := g.active, g.known && g.revision == revision
	g.mu.Unlock()
	if fresh {
		return active, nil
	}
	active = nil
	err := g.store.View(ctx, func(r store.Reader) error {
		instance, err := r.Instance()
		if err != nil {
			return err
		}
		for _, region := range instance.Regions {
			if region.Status == idc.RegionActive {
				active = append(active, region.Name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.known || g.revision < revision {
		g.known, g.revision, g.active = true, revision, active
	}
	return active, nil
}

// scopeRegion is the Region in the credential scope of a signature: the third part from
// its end ("Elements of an AWS API request signature").
func scopeRegion(r *http.Request) string {
	credential := r.URL.Query().Get("X-Amz-Credential")
	if _, after, found := strings.Cut(r.Header.Get("Authorization"), "Credential="); found {
		credential, _, _ = strings.Cut(after, ",")
	}
	parts := strings.Split(strings.TrimSpace(credential), "/")
	if len(parts) < 5 {
		return ""
	}
	return parts[len(parts)-3]
}

// hostRegion is the Region in a host name such as oidc.eu-west-1.amazonaws.com.
func hostRegion(host string) string {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	name, found := strings.CutSuffix(name, ".amazonaws.com")
	if !found {
		return ""
	}
	return name[strings.LastIndexByte(name, '.')+1:]
}
