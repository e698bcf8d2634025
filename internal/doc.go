// Package internal holds the rules of the house as tests: which floor may
// import which (arch_test.go), that every package tells its story
// (pkgdoc_test.go), and the size limits. docs/architecture.md draws the floors.
package internal
