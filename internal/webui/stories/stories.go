package stories

import (
	"slices"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/webui"
)

// Story is one page in one state.
type Story struct {
	// Path is the address of the story: page/state.
	Path string
	Page webui.Page
}

// Now is the instant at which all stories take place.
func Now() time.Time { return time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC) }

// All returns the stories in the order a person meets the pages.
func All() []Story {
	return slices.Concat(signInStories(), consentStories(), portalStories(), accessKeysStories(), consoleLinkStories(), problemStories())
}

// Hostile is a name as an attacker would register it: markup, a right-to-left
// override, zero-width characters and a line break.
const Hostile = "<script>alert(1)</script>\u202egpj.\u200b\u2066\nAWS CLI\"'><img src=x onerror=alert(2)>"

// Long is a name without a place to break it.
const Long = "an-extraordinarily-long-name-without-any-space-in-it-that-nobody-would-choose-but-somebody-always-does-in-the-end"
