package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGeneratedFilesAreFresh fails when a model or the generator changed and
// the generated files did not.
func TestGeneratedFilesAreFresh(t *testing.T) {
	if err := run(filepath.Join("..", ".."), true); err != nil {
		t.Error(err)
	}
}

// TestCheckSeesStaleFiles makes sure that -check can fail, and writes nothing.
func TestCheckSeesStaleFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "types.go")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := deliver(path, []byte("new"), true); err == nil || !strings.Contains(err.Error(), "make generate") {
		t.Errorf("deliver in check mode returned %v; want an error that names the cure", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
		t.Errorf("check mode changed the file to %q (%v)", got, err)
	}
}

// TestEmitIsDeterministic generates twice and compares.
func TestEmitIsDeterministic(t *testing.T) {
	for _, s := range catalog() {
		var first map[string][]byte
		for range 2 {
			m, err := loadModel(filepath.Join("..", "..", "models"), s.model)
			if err != nil {
				t.Fatal(err)
			}
			a, err := build(s, m)
			if err != nil {
				t.Fatal(err)
			}
			files, err := emit(a)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = files
				continue
			}
			for name, text := range files {
				if !bytes.Equal(text, first[name]) {
					t.Errorf("%s/%s differs between two runs", s.pkg, name)
				}
			}
		}
	}
}

func TestMerge(t *testing.T) {
	base := map[string]any{"a": map[string]any{"x": 1, "y": 2}, "b": []any{1}, "c": 3}
	over := map[string]any{"a": map[string]any{"y": nil, "z": 4}, "b": []any{2, 3}, "d": map[string]any{"e": 5}}
	got := merge(base, over).(map[string]any)
	a := got["a"].(map[string]any)
	if a["x"] != 1 || a["z"] != 4 || len(a) != 2 {
		t.Errorf("objects are merged to %v; want x kept, y removed, z added", a)
	}
	if b := got["b"].([]any); len(b) != 2 || got["c"] != 3 || got["d"].(map[string]any)["e"] != 5 {
		t.Errorf("merged to %v; want lists replaced, the rest kept or added", got)
	}
}

func TestModelsThatMakeNoSense(t *testing.T) {
	text := &modelRef{Shape: "Text"}
	for name, m := range map[string]*model{
		"protocol nobody speaks": {},
		"shape that is missing": withProtocol(&model{Operations: map[string]*modelOperation{"A": {Input: text}},
			Shapes: map[string]*modelShape{}}),
		"unknown type": withProtocol(&model{Shapes: map[string]*modelShape{"Text": {Type: "rope"}}}),
		"two things of one name": withProtocol(&model{Operations: map[string]*modelOperation{"Tag": {}},
			Shapes: map[string]*modelShape{"tag": {Type: "structure"}, "L": {Type: "list", Member: &modelRef{Shape: "tag"}}}}),
	} {
		if _, err := build(service{model: "test", pkg: "test"}, m); err == nil {
			t.Errorf("a model with a %s was accepted", name)
		}
	}
}

func withProtocol(m *model) *model {
	m.Metadata.Protocol = "json"
	return m
}
