package webui

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/web"
)

// view is what a template sees as ".": the frame, and the page inside it.
type view struct {
	Title        string
	Organization string
	Demo         bool
	RequestID    string
	Now          time.Time
	Script       bool
	Session      *Session
	Page         Page
}

// templates holds each page parsed together with the layout and the partials.
type templates struct {
	assets *assets
	icons  map[string]template.HTML
	pages  map[string]*template.Template
}

func parseTemplates() (*templates, error) {
	files := web.Assets()
	a, err := readAssets(files)
	if err != nil {
		return nil, err
	}
	t := &templates{assets: a, icons: map[string]template.HTML{}, pages: map[string]*template.Template{}}
	if err := t.readIcons(web.Icons()); err != nil {
		return nil, err
	}
	if err := t.addIcon("logo", a.files["logo.svg"]); err != nil {
		return nil, err
	}
	sources := web.Templates()
	base, err := template.New("base").Funcs(t.funcs()).ParseFS(sources, "layout.html", "partials/*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(sources, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		page, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := page.ParseFS(sources, name); err != nil {
			return nil, err
		}
		t.pages[strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return t, nil
}

func (t *templates) render(w io.Writer, v view, name string) error {
	page, ok := t.pages[name]
	if !ok {
		return fmt.Errorf("no template for page %q", name)
	}
	return page.ExecuteTemplate(w, "layout.html", v)
}

func (t *templates) funcs() template.FuncMap {
	return template.FuncMap{
		"asset":   t.assets.url,
		"icon":    t.icon,
		"name":    Visible,
		"prose":   func(text string) string { return visible(text, longestProse) },
		"png":     pngAddress,
		"groups":  groupsOfFour,
		"initial": initial,
		"instant": func(at time.Time) string { return at.UTC().Format("2 Jan 2006, 15:04 UTC") },
		"iso":     func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"span":    span,
	}
}

// readIcons reads the SVG drawings that pages carry inline. They are ours or
// vendored, never a stranger's.
func (t *templates) readIcons(files fs.FS) error {
	names, err := fs.Glob(files, "*.svg")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := t.addIcon(strings.TrimSuffix(name, ".svg"), data); err != nil {
			return err
		}
	}
	return nil
}

func (t *templates) addIcon(name string, svg []byte) error {
	_, drawing, found := strings.Cut(strings.TrimSpace(string(svg)), "<svg")
	if !found {
		return fmt.Errorf("icon %s is not an SVG drawing", name)
	}
	t.icons[name] = template.HTML(`<svg aria-hidden="true" focusable="false"` + drawing)
	return nil
}

func (t *templates) icon(name string) (template.HTML, error) {
	drawing, ok := t.icons[name]
	if !ok {
		return "", fmt.Errorf("no icon %q", name)
	}
	return drawing, nil
}

// pngAddress puts an image into the page itself.
func pngAddress(image []byte) template.URL {
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(image))
}

// groupsOfFour splits a secret for the eye: "ABCD EFGH".
func groupsOfFour(text string) string {
	var b strings.Builder
	for i, r := range text {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// span is the time between two instants in words, rounded down to its two
// largest units: "7 days 3 hours", "58 minutes", "less than a minute".
func span(from, to time.Time) string {
	d := to.Sub(from)
	if d < 0 {
		d = -d
	}
	minutes := int(d / time.Minute)
	units := []struct {
		size int
		name string
	}{{24 * 60, "day"}, {60, "hour"}, {1, "minute"}}
	var words []string
	for _, u := range units {
		n := minutes / u.size
		minutes %= u.size
		if n == 0 {
			if len(words) > 0 {
				break
			}
			continue
		}
		plural := "s"
		if n == 1 {
			plural = ""
		}
		words = append(words, fmt.Sprintf("%d %s%s", n, u.name, plural))
		if len(words) == 2 {
			break
		}
	}
	if len(words) == 0 {
		return "less than a minute"
	}
	return strings.Join(words, " ")
}
