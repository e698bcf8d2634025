package policy

import (
	"strings"
	"unicode/utf8"
)

// matchTokens matches resolved tokens without fieldStar against s. A wildcard matches any character, line
// breaks included; a character is a Unicode code point. On a mismatch only the last star is tried further,
// which is enough because a later star can take over whatever an earlier one would have: the time is bounded
// by the product of both lengths, never exponential.
func matchTokens(toks []token, s string) bool {
	ti, si := 0, 0
	starTok, starPos := -1, 0
	for {
		if ti == len(toks) {
			if si == len(s) {
				return true
			}
		} else {
			switch t := &toks[ti]; t.kind {
			case starToken:
				ti++
				if ti == len(toks) {
					return true
				}
				starTok, starPos = ti, si
				continue
			case textToken:
				if strings.HasPrefix(s[si:], t.text) {
					si += len(t.text)
					ti++
					continue
				}
			default:
				if si < len(s) && (t.kind == questionToken || s[si] != ':') {
					_, w := utf8.DecodeRuneInString(s[si:])
					si += w
					ti++
					continue
				}
			}
		}
		if starTok < 0 || starPos == len(s) {
			return false
		}
		_, w := utf8.DecodeRuneInString(s[starPos:])
		starPos += w
		if next := &toks[starTok]; next.kind == textToken {
			i := strings.Index(s[starPos:], next.text)
			if i < 0 {
				return false
			}
			starPos += i
		}
		ti, si = starTok, starPos
	}
}

// matchConfined matches tokens of every kind. Stars that may not leave their field and stars that may cannot
// take over for each other, so it keeps the set of all places in s that the tokens so far can reach.
func matchConfined(toks []token, s string) bool {
	var a, b [384]bool
	n := len(s) + 1
	cur, next := a[:], b[:]
	if n > len(a) {
		cur, next = make([]bool, n), make([]bool, n)
	}
	cur[0] = true
	for i := range toks {
		clear(next[:n])
		if !step(&toks[i], s, cur[:n], next[:n]) {
			return false
		}
		cur, next = next, cur
	}
	return cur[len(s)]
}

// step marks in next every place one token can reach from the places in cur, and reports whether there is any.
func step(t *token, s string, cur, next []bool) bool {
	any := false
	for p := range cur {
		if !cur[p] {
			continue
		}
		switch t.kind {
		case textToken:
			if strings.HasPrefix(s[p:], t.text) {
				next[p+len(t.text)] = true
				any = true
			}
		case questionToken, fieldQuestion:
			if p < len(s) && (t.kind == questionToken || s[p] != ':') {
				_, w := utf8.DecodeRuneInString(s[p:])
				next[p+w] = true
				any = true
			}
		default:
			any = true
			for !next[p] {
				next[p] = true
				if p == len(s) || (t.kind == fieldStar && s[p] == ':') {
					break
				}
				_, w := utf8.DecodeRuneInString(s[p:])
				p += w
			}
		}
	}
	return any
}

// matchName matches the name part of an action, both sides in lower case. Names of actions are ASCII.
func matchName(pattern string, s []byte) bool {
	pi, si := 0, 0
	starPat, starPos := -1, 0
	for si < len(s) {
		switch {
		case pi < len(pattern) && pattern[pi] == '*':
			pi++
			starPat, starPos = pi, si
		case pi < len(pattern) && (pattern[pi] == '?' || pattern[pi] == s[si]):
			pi++
			si++
		case starPat >= 0:
			starPos++
			pi, si = starPat, starPos
		default:
			return false
		}
	}
	return strings.Trim(pattern[pi:], "*") == ""
}
