package main

import (
	"errors"
	"os"
	"slices"
	"time"
)

// disk is how long this disk takes to make 4 KiB durable: the other ceiling, of everything that is
// recorded before it is answered. Calls that wait together share one such wait.
type disk struct {
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
}

const diskProbes = 300

// probeDisk appends to a file in dir and waits for the disk, again and again.
func probeDisk(dir string) (d disk, err error) {
	f, err := os.CreateTemp(dir, "probe-")
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	page := make([]byte, 4096)
	var took []time.Duration
	for range diskProbes {
		began := time.Now()
		if _, err := f.Write(page); err != nil {
			return d, err
		}
		if err := f.Sync(); err != nil {
			return d, err
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	return disk{P50: took[len(took)/2], P99: took[len(took)*99/100]}, nil
}
