package webui

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// assetsPath is where the style sheets, the script, the font and the logo live.
// The next segment is a hash over all of them, so that browsers may keep them for
// ever and a new version is a new address.
const assetsPath = "/assets/"

// assets is the embedded files, read and hashed once.
type assets struct {
	version string
	files   map[string][]byte
}

func readAssets(files fs.FS) (*assets, error) {
	a := &assets{files: map[string][]byte{}}
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		a.files[name] = data
		return nil
	})
	a.version = hex.EncodeToString(sum.Sum(nil))[:16]
	return a, err
}

// url is the address of a file; an unknown name is a fault of the template.
func (a *assets) url(name string) (string, error) {
	if _, ok := a.files[name]; !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return assetsPath + a.version + "/" + name, nil
}

// serve answers with a file. Another version's address gets today's file, not to
// be kept: while a cluster is upgraded, a page of one node asks another for it.
func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, assetsPath), "/")
	data, ok := a.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if version == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", contentType(name))
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method != http.MethodHead {
		// A write that fails means the browser went away; there is nobody to tell.
		_, _ = w.Write(data)
	}
}

// contentType does not ask the machine's mime.types for what we ship ourselves.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".woff2":
		return "font/woff2"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}
