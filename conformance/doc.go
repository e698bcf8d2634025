// Command conformance holds an endpoint against AWS's service models and AWS's rules, and prints a score page.
//
//	make conformance                                        a demo Gatehouse of its own
//	ENDPOINT=http://host:port make conformance              another endpoint, with ACCESS_KEY, SECRET, SESSION_TOKEN
//	go run ./conformance -peer -o docs/conformance.md       beside moto, as a document
//
// It knows the server by nothing but raw HTTP: models/*.json say what each operation must refuse (package probe),
// cases/<service>/*.yaml what AWS promises beyond them (package behaviour). Point it at nothing you would miss:
// the cases create, change and delete.
//
// The flow: target.go starts or names the endpoint; run.go asks all services; score.go counts; text.go and
// markdown.go write it down.
package main
