package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/conformance/behaviour"
	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/probe"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

// atOnce is how many operations are asked at the same time.
const atOnce = 4

// run asks all services of a target. The cases come first: what they leave behind gives the probes lists to walk.
func run(ctx context.Context, o options, t *target) (*report, error) {
	services, err := model.Load(o.models)
	if err != nil {
		return nil, err
	}
	client := &wire.Client{Endpoint: t.endpoint, Region: o.region, Now: time.Now, HTTP: &http.Client{Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	world, facts, err := discover(ctx, o, client, services, t)
	if err != nil {
		return nil, err
	}
	out := &report{Endpoint: t.endpoint, Name: t.name}
	say := func(format string, args ...any) {
		if !o.quiet {
			fmt.Fprintf(os.Stderr, format, args...)
		}
	}
	for _, s := range services {
		if o.services != "" && !slices.Contains(strings.Split(o.services, ","), s.Name) {
			continue
		}
		began := time.Now()
		sc := &score{Service: s.Name, Operations: len(s.Operations)}
		say("%s: %s ", t.name, s.Name)
		cases, err := behaviour.Load(filepath.Join(o.cases, s.Name), s.Name)
		if err != nil {
			return nil, err
		}
		runner := &behaviour.Runner{Client: client, Credentials: t.credentials, Services: services, World: world, Facts: facts}
		for _, c := range cases {
			if strings.Contains(c.Name, o.only) {
				sc.Cases = append(sc.Cases, runner.Run(ctx, c))
			}
		}
		sc.Probes = runner.Probes
		if err := probeAll(ctx, o, &probe.Runner{Client: client, Credentials: t.credentials, Service: s, World: world}, sc, say); err != nil {
			return nil, err
		}
		sc.count()
		say(" %.1f s\n", time.Since(began).Seconds())
		out.Services = append(out.Services, sc)
	}
	return out, nil
}

// probeAll asks the operations of a service, a few at once, and keeps their order.
func probeAll(ctx context.Context, o options, r *probe.Runner, sc *score, say func(string, ...any)) error {
	names := slices.DeleteFunc(r.Service.Names(), func(name string) bool { return !strings.Contains(name, o.only) })
	reports := make([]probe.Report, len(names))
	failures := make([]error, len(names))
	var wait sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i, name := range names {
		places <- struct{}{}
		if i%20 == 0 {
			say(".")
		}
		wait.Go(func() {
			reports[i], failures[i] = r.Run(ctx, name)
			<-places
		})
	}
	wait.Wait()
	for i, name := range names {
		if failures[i] != nil {
			return failures[i]
		}
		sc.Probes = append(sc.Probes, reports[i].Results...)
		switch {
		case reports[i].NotImplemented:
			sc.NotImplemented = append(sc.NotImplemented, name)
		case len(reports[i].Results) == 0:
			sc.Unasked = append(sc.Unasked, name)
		}
	}
	return unsigned(ctx, r, sc, names)
}

// unsigned asks the first operation that wants a signature, without one. Once is enough: signatures are checked
// before the operation is looked at. Services of restJson are left out: where many share an address, it is the
// signature that says whose path it is.
func unsigned(ctx context.Context, r *probe.Runner, sc *score, names []string) error {
	at := slices.IndexFunc(names, func(name string) bool {
		return r.Service.Operations[name].AuthType != "none" && !slices.Contains(sc.NotImplemented, name)
	})
	if at < 0 || r.Service.Metadata.Protocol == model.RestJSON {
		return nil
	}
	result, err := r.UnsignedProbe(ctx, names[at])
	sc.Probes = append(sc.Probes, result)
	return err
}
