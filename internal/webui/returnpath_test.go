package webui_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

func TestReturnPath(t *testing.T) {
	const fallback = "/start"
	kept := map[string]string{
		"/":                       "/",
		"/device":                 "/device",
		"/device?user_code=AB-CD": "/device?user_code=AB-CD",
		"/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb&state=a": "/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb&state=a",
		"/a%2Fb":       "/a%2Fb",
		"/start#frag":  "/start", // never sent by a browser, so nothing is lost
		"/x?u=//evil/": "/x?u=//evil/",
		"/über":        "/%C3%BCber",
	}
	for raw, want := range kept {
		if got := webui.ReturnPath(raw, fallback); got != want {
			t.Errorf("%q gives %q, want %q", raw, got, want)
		}
	}
	refused := []string{
		"", "start", "?q", "#", "//evil.example", "//evil.example/%2e%2e", "///evil.example", `\\evil.example`, `/\evil.example`,
		`\/evil.example`, "/\t/evil.example", "/%09/evil.example", "/\n/evil.example", "/%0a/evil.example", "/%0d%0aSet-Cookie:x=y",
		"https:evil.example", "https:/evil.example", "https://evil.example", "HTTPS://evil.example", "javascript:alert(1)",
		"data:text/html,x", "http://gate.example@evil.example/", " //evil.example", "/ /evil.example", "/%5cevil.example",
		"/%5C/evil.example", "/%2f/evil.example", "/%2Fevil.example", "/.//evil.example", "/a/..//evil.example", "/%2e%2e//evil.example",
		"/../x", "/a/./b", "/a//b", "/\x00", "/%00", "/%zz", "/\u2028x\x7f", "/%20/evil", "/\xff", "/x?a=\n", "/x?a= b",
		"//", "/%ff",
	}
	for _, raw := range refused {
		if got := webui.ReturnPath(raw, fallback); got != fallback {
			t.Errorf("%q gives %q, want the fallback", raw, got)
		}
	}
}

// FuzzReturnPath states the promise: whatever comes, the result stays here.
func FuzzReturnPath(f *testing.F) {
	for _, seed := range []string{"/device?user_code=AB-CD", "//evil", `\\evil`, "/%09/evil", "https:evil", "/a%2Fb", "/.//x"} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "gate.example", Path: "/signin"}
	f.Fuzz(func(t *testing.T, raw string) {
		got := webui.ReturnPath(raw, "/start")
		target, err := base.Parse(got)
		if err != nil || target.Host != "gate.example" || target.Scheme != "https" {
			t.Fatalf("%q gives %q, which leads to %v (%v)", raw, got, target, err)
		}
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\t\r\n\x00 ") {
			t.Fatalf("%q gives %q, which browsers may read as another origin", raw, got)
		}
		if again := webui.ReturnPath(got, "/fallback"); again != got {
			t.Fatalf("%q gives %q, and that gives %q", raw, got, again)
		}
	})
}
