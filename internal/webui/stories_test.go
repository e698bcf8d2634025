package webui_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"unicode"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
	"github.com/gatehouse-idc/gatehouse/web"
)

// rendered returns every story as the browser gets it.
func rendered(t *testing.T) map[string]string {
	t.Helper()
	site, _ := newSite(t, "http://gate.example")
	pages := map[string]string{}
	for _, story := range stories.All() {
		site.Handle("GET /"+story.Path, show(story.Page))
		pages[story.Path] = body(t, answer(site, get("/"+story.Path)))
	}
	return pages
}

// page renders one page.
func page(t *testing.T, p webui.Page) document {
	t.Helper()
	site, _ := newSite(t, "http://gate.example")
	site.Handle("GET /x", show(p))
	return parse(t, body(t, answer(site, get("/x"))))
}

func stylesheet(t *testing.T, site *webui.Site) string {
	t.Helper()
	links := parse(t, body(t, answer(site, get("/unknown")))).all("link", "rel", "stylesheet")
	if len(links) == 0 {
		t.Fatal("a page without a style sheet")
	}
	return links[len(links)-1].attr("href")
}

func TestEveryTemplateHasAStory(t *testing.T) {
	told := map[string]bool{"onward": true} // made by the adapter; see TestIPv6AnswerAfterAFormIsAPageThatLeadsOn
	for _, story := range stories.All() {
		told[webui.TemplateOf(story.Page)] = true
	}
	names, err := fs.Glob(web.Templates(), "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !told[strings.TrimSuffix(path.Base(name), ".html")] {
			t.Errorf("%s has no story", name)
		}
	}
}

func TestEveryVendoredIconIsUsed(t *testing.T) {
	var sources strings.Builder
	err := fs.WalkDir(web.Templates(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(web.Templates(), name)
		sources.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(web.Icons(), "*.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if icon := strings.TrimSuffix(name, ".svg"); !strings.Contains(sources.String(), `icon "`+icon+`"`) {
			t.Errorf("icon %s is in no template; take it off scripts/web-assets/icons.txt", icon)
		}
	}
}

func TestPagesCarryNoInlineScriptOrStyle(t *testing.T) {
	for name, text := range rendered(t) {
		for _, e := range parse(t, text) {
			switch {
			case e.name == "style", e.name == "iframe", e.name == "object", e.name == "embed", e.name == "base":
				t.Errorf("%s: element %s", name, e.name)
			case e.name == "script" && (!strings.HasPrefix(e.attr("src"), "/assets/") || strings.TrimSpace(e.text) != ""):
				t.Errorf("%s: script that is not our file", name)
			}
			for _, a := range e.attrs {
				attribute := strings.ToLower(a.Name.Local)
				if attribute == "style" || strings.HasPrefix(attribute, "on") {
					t.Errorf("%s: attribute %s on %s", name, attribute, e.name)
				}
				if value := strings.ToLower(strings.TrimSpace(a.Value)); (attribute == "href" || attribute == "src" || attribute == "action") &&
					(strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "http:") || strings.HasPrefix(value, "//")) {
					t.Errorf("%s: %s=%q", name, attribute, a.Value)
				}
			}
		}
	}
}

func TestPagesAreUsableWithAKeyboardAndAScreenReader(t *testing.T) {
	for name, text := range rendered(t) {
		doc := parse(t, text)
		if doc.one(t, "html").attr("lang") == "" || strings.TrimSpace(doc.one(t, "title").text) == "" {
			t.Errorf("%s: no language or title", name)
		}
		if len(doc.all("h1")) != 1 || len(doc.all("main")) != 1 {
			t.Errorf("%s: %d h1, %d main", name, len(doc.all("h1")), len(doc.all("main")))
		}
		ids := map[string]bool{}
		for _, e := range doc {
			if id := e.attr("id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %s twice", name, id)
				}
				ids[id] = true
			}
		}
		for _, e := range doc {
			if e.name == "input" && e.attr("type") != "hidden" && len(doc.all("label", "for", e.attr("id"))) != 1 {
				t.Errorf("%s: input %s has no label", name, e.attr("id"))
			}
			for _, reference := range []string{"for", "aria-describedby", "aria-labelledby", "data-copy"} {
				if to := e.attr(reference); to != "" && !ids[to] {
					t.Errorf("%s: %s of %s names %s, which is not there", name, reference, e.name, to)
				}
			}
			if e.name == "img" && !e.has("alt") {
				t.Errorf("%s: image without words", name)
			}
			if e.name == "svg" && e.attr("aria-hidden") != "true" {
				t.Errorf("%s: drawing that is read aloud", name)
			}
		}
	}
}

func TestHostileNamesStayNames(t *testing.T) {
	for name, text := range rendered(t) {
		if strings.Contains(text, "<script>alert") || strings.Contains(text, "<img src=x") {
			t.Errorf("%s: markup came through", name)
		}
		for _, e := range parse(t, text) {
			if strings.Contains(e.attr("class"), "selectable") {
				continue // exact text, to be copied; shown left to right by the style sheet
			}
			for _, r := range e.text {
				if unicode.Is(unicode.Cf, r) {
					t.Errorf("%s: %s holds the invisible character %U", name, e.name, r)
				}
			}
		}
	}
}

func TestForeignNamesAreIsolated(t *testing.T) {
	const name = "دانا client"
	pages := map[string]webui.Page{
		"sign-in": webui.SignIn{For: name},
		"consent": webui.Consent{Client: webui.Client{Name: name}, DisplayName: "x", Username: "x", Origin: webui.Origin{UserAgent: "x"}},
		"outcome": webui.Outcome{Client: webui.Client{Name: name}},
		"console": webui.ConsoleLink{AccountName: name, RoleName: name, SessionName: name, Destination: "https://console.aws.amazon.com/"},
		"portal":  webui.Portal{Total: 1, Accounts: []webui.PortalAccount{{Name: name, Roles: []webui.PortalRole{{Name: name}}}}},
	}
	for title, p := range pages {
		shown := 0
		for _, e := range page(t, p) {
			if strings.Contains(e.text, name) {
				shown++
				if e.name != "bdi" && e.attr("class") != "unseen" {
					t.Errorf("%s: the name stands in %s, want bdi", title, e.name)
				}
			}
		}
		if shown == 0 {
			t.Errorf("%s: the name is not shown", title)
		}
	}
}

func TestDemoIsAnnouncedOnEveryPage(t *testing.T) {
	for name, text := range rendered(t) {
		if strings.Contains(text, "not for production") {
			t.Errorf("%s: announces a demo where there is none", name)
		}
	}
	site := newDemoSite(t)
	for _, story := range stories.All() {
		site.Handle("GET /"+story.Path, show(story.Page))
		if !strings.Contains(body(t, answer(site, get("/"+story.Path))), "demo: not for production") {
			t.Errorf("%s: no banner", story.Path)
		}
	}
}
