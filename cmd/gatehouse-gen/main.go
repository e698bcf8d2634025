package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "the repository")
	check := flag.Bool("check", false, "write nothing; fail when a generated file is stale")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "gatehouse-gen:", err)
		os.Exit(1)
	}
}

// run generates every service of the catalog below root.
func run(root string, check bool) error {
	var failures []error
	for _, s := range catalog() {
		m, err := loadModel(filepath.Join(root, "models"), s.model)
		if err != nil {
			return err
		}
		a, err := build(s, m)
		if err != nil {
			return err
		}
		files, err := emit(a)
		if err != nil {
			return err
		}
		for _, name := range sortedKeys(files) {
			path := filepath.Join(root, "internal", "awsapi", s.pkg, name)
			if err := deliver(path, files[name], check); err != nil {
				failures = append(failures, err)
			}
		}
	}
	return errors.Join(failures...)
}

func deliver(path string, text []byte, check bool) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if check {
		return fmt.Errorf("%s is stale: run make generate", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}
