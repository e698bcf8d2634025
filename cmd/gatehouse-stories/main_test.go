package main

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/webui/stories"
)

func TestEveryStoryIsListedAndServed(t *testing.T) {
	h, err := newHandler(&url.URL{Scheme: "http", Host: "127.0.0.1:8090"}, true)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	index := get("/").Body.String()
	for _, story := range stories.All() {
		if !strings.Contains(index, `href="/`+story.Path+`"`) {
			t.Errorf("%s is not on the list", story.Path)
		}
		if code := get("/" + story.Path).Code; code != 200 {
			t.Errorf("%s answers %d", story.Path, code)
		}
	}
}
