// Command gatehouse-gen turns the service models in models/ into the Go data of
// internal/awsapi.
//
// The flow: catalog.go lists the services; model.go reads models/<name>.json
// and merges models/overlay/<name>.json over it; build.go resolves names, Go
// types and traits into a small intermediate form; emit.go prints it. The
// output depends on nothing but the input, so running it twice changes nothing.
//
//	gatehouse-gen [-root DIR]          write the generated files
//	gatehouse-gen [-root DIR] -check   fail when a file is not what would be written
//
// Its tests keep the models honest: generated files must be fresh, and the
// models must know every operation and member that the pinned AWS SDK for Go
// knows (drift_test.go).
package main
