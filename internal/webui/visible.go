package webui

import (
	"fmt"
	"strings"
	"unicode"
)

// How many characters are shown of a foreign name, and of a description.
const (
	longestName  = 120
	longestProse = 1000
)

// Visible makes a name that a stranger chose fit to stand in a sentence of ours:
// characters without a look of their own (controls, bidirectional overrides, zero
// widths, private and unassigned ones) are spelled out as ‹U+202E›, runs of space
// become one, and what is too long is cut. Templates put the result in <bdi>, so
// that right-to-left names stay readable and keep to themselves.
func Visible(name string) string {
	if text := visible(name, longestName); text != "" {
		return text
	}
	return "(no name)"
}

func visible(text string, longest int) string {
	var b strings.Builder
	count, space := 0, false
	for _, r := range strings.TrimSpace(text) {
		if count == longest {
			b.WriteRune('…')
			break
		}
		count++
		switch {
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case unicode.IsGraphic(r) && !looksEmpty(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "‹U+%04X›", r)
		}
		space = false
	}
	return b.String()
}

// looksEmpty names the graphic characters that fonts draw as nothing: Hangul
// fillers, the Braille blank, and the marks that only select a variant.
func looksEmpty(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}

// initial is the first letter or digit of a name, in upper case, for the tile
// beside it.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "•"
}
