package webui_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/web"
)

func TestAssetsAreKeptForEverUnderTheirHash(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	sheet := stylesheet(t, site)
	version := strings.Split(sheet, "/")[2]
	err := fs.WalkDir(web.Assets(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		got := answer(site, get("/assets/"+version+"/"+name))
		if got.StatusCode != 200 || got.Header.Get("Content-Type") == "" || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", name, got.StatusCode, got.Header)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOtherVersionsOfAnAssetAreNotKept(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	got := answer(site, get("/assets/0123456789abcdef/gatehouse.css"))
	if got.StatusCode != 200 || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d, Cache-Control %q", got.StatusCode, got.Header.Get("Cache-Control"))
	}
}

func TestAssetsHoldNothingElse(t *testing.T) {
	site, _ := newSite(t, "http://gate.example")
	version := strings.Split(stylesheet(t, site), "/")[2]
	for _, path := range []string{"", "/", "vendor", "vendor/", "../embed.go", "..%2fembed.go", "%2e%2e/templates/layout.html", "nothing.css"} {
		if got := answer(site, get("/assets/"+version+"/"+path)); got.StatusCode == 200 {
			t.Errorf("%q is served", path)
		}
	}
}
