package main

import "testing"

// TestEnginesAgree decides every request with both engines: what is compared is equal work.
func TestEnginesAgree(t *testing.T) {
	for _, w := range workloads() {
		for _, r := range w.requests {
			for _, e := range engines {
				decide, err := e.prepare(&w, &r)
				if err != nil {
					t.Fatalf("%s, %s: %v", e.name, w.name, err)
				}
				if got := decide(); got != r.want {
					t.Errorf("%s decides %s, %s: %s, want %s", e.name, w.name, r.name, got, r.want)
				}
			}
		}
	}
}

func BenchmarkDecide(b *testing.B) {
	for _, w := range workloads() {
		for _, r := range w.requests {
			for _, e := range engines {
				b.Run(w.name+"/"+r.name+"/"+e.name, func(b *testing.B) {
					decide, err := e.prepare(&w, &r)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportAllocs()
					for b.Loop() {
						decide()
					}
				})
			}
		}
	}
}
