package main

import (
	"github.com/gatehouse-idc/gatehouse/conformance/behaviour"
	"github.com/gatehouse-idc/gatehouse/conformance/probe"
)

// report is everything one run found.
type report struct {
	Endpoint string   `json:"endpoint"`
	Name     string   `json:"name"` // "Gatehouse v1", "moto 5.2.1"
	Services []*score `json:"services"`
}

// score is what one service reached.
type score struct {
	Service        string             `json:"service"`
	Operations     int                `json:"operations"`
	NotImplemented []string           `json:"not_implemented"`
	Unasked        []string           `json:"unasked,omitempty"` // operations that can only be asked by changing something
	Probes         []probe.Result     `json:"-"`
	Cases          []behaviour.Result `json:"-"`

	ProbesPassed int `json:"probes_passed"`
	ProbesFailed int `json:"probes_failed"`
	ProbesLost   int `json:"probes_not_implemented"`
	CasesPassed  int `json:"cases_passed"`
	CasesFailed  int `json:"cases_failed"`
	CasesSkipped int `json:"cases_skipped"`

	FailedProbes []probe.Result     `json:"failed_probes,omitempty"`
	FailedCases  []behaviour.Result `json:"failed_cases,omitempty"`
	SkippedCases []behaviour.Result `json:"skipped_cases,omitempty"`
}

// count sums up what was asked.
func (s *score) count() {
	missing := map[string]bool{}
	for _, name := range s.NotImplemented {
		missing[name] = true
	}
	for _, r := range s.Probes {
		switch {
		case missing[r.Operation]:
			s.ProbesLost++
		case r.Passed:
			s.ProbesPassed++
		default:
			s.ProbesFailed++
			s.FailedProbes = append(s.FailedProbes, r)
		}
	}
	for _, r := range s.Cases {
		switch {
		case r.Skipped != "":
			s.CasesSkipped++
			s.SkippedCases = append(s.SkippedCases, r)
		case r.Passed:
			s.CasesPassed++
		default:
			s.CasesFailed++
			s.FailedCases = append(s.FailedCases, r)
		}
	}
}

// ofServed is the share, in per cent, of what was asked of operations that are there; ofAll counts those that
// are missing as failed.
func (s *score) ofServed() float64 { return share(s.passed(), s.passed()+s.failed()) }

func (s *score) ofAll() float64 { return share(s.passed(), s.passed()+s.failed()+s.ProbesLost) }

func (s *score) passed() int { return s.ProbesPassed + s.CasesPassed }
func (s *score) failed() int { return s.ProbesFailed + s.CasesFailed }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}
