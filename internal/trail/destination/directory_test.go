package destination_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/trail"
	"github.com/gatehouse-idc/gatehouse/internal/trail/destination"
)

func open(t *testing.T, dir string) *destination.Directory {
	t.Helper()
	d, err := destination.NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestADirectoryHoldsObjects under their keys, with their metadata apart and nothing half written.
func TestADirectoryHoldsObjects(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "here")
	d := open(t, dir)
	for _, body := range []string{"first", "second"} {
		if err := d.Put(t.Context(), "AWSLogs/1/a.gz", []byte(body), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Put(t.Context(), "AWSLogs/1/b.gz", nil, map[string]string{"signature": "ab"}); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		files[filepath.ToSlash(strings.TrimPrefix(path, dir))] = string(body)
		return err
	})
	if err != nil || len(files) != 3 || files["/AWSLogs/1/a.gz"] != "second" || files["/AWSLogs/1/b.gz"] != "" ||
		files["/.metadata/AWSLogs/1/b.gz.json"] != `{"signature":"ab"}` {
		t.Errorf("files %v, %v", files, err)
	}
}

// TestKeysStayInTheDirectory, whatever they are called and wherever links lead.
func TestKeysStayInTheDirectory(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	d := open(t, dir)
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"../x", "/x", "a/../../x", "link/x", ""} {
		if err := d.Put(t.Context(), key, []byte("x"), nil); err == nil {
			t.Errorf("%q is written", key)
		}
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("outside lies %v, %v", left, err)
	}
}

// TestFailuresHaveS3sCodes.
func TestFailuresHaveS3sCodes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bucket")
	d := open(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	err := d.Put(t.Context(), "a/b", []byte("x"), nil)
	var refused *trail.DeliveryError
	if !errors.As(err, &refused) || refused.Code != "NoSuchBucket" {
		t.Errorf("a folder that was removed: %v", err)
	}
	blocked := t.TempDir()
	if err := os.WriteFile(filepath.Join(blocked, "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err = open(t, blocked).Put(t.Context(), "a/b", []byte("x"), nil)
	if !errors.As(err, &refused) || refused.Code != "InternalError" {
		t.Errorf("a file where a folder must be: %v", err)
	}
}
