package policy

import (
	"strings"
)

type tokenKind uint8

const (
	textToken     tokenKind = iota // itself
	starToken                      // any run of characters, also none
	questionToken                  // exactly one character
	fieldStar                      // as starToken, but not over a colon
	fieldQuestion                  // as questionToken, but not a colon
	variableToken                  // the value of a context key, as data
)

// token is one piece of a pattern.
type token struct {
	kind     tokenKind
	text     string    // of a textToken
	variable *variable // of a variableToken; nil for a malformed one, which never has a value
}

// variable is a reference to a context key.
type variable struct {
	key        contextKey
	name       string // as written
	fallback   string
	hasDefault bool
}

// value returns the value or else the default of the variable. An empty value is none.
func (v *variable) value(ctx *Context) (string, bool) {
	if v == nil {
		return "", false
	}
	if s, ok := ctx.single(&v.key); ok && s != "" {
		return s, true
	}
	return v.fallback, v.hasDefault
}

// template is a pattern whose wildcards and policy variables have been found once, at parse time.
type template struct {
	tokens   []token
	variable bool // holds a variableToken
	confined bool // holds a fieldStar
	broken   bool // holds a "${" that is no variable: it never has a value
}

// syntax says which special forms a text has in the place where it stands.
type syntax struct {
	wildcards bool
	variables bool
}

// parseTemplate splits a text into tokens. Under 2008-10-17 there are no variables and "${" is text.
func parseTemplate(s string, syn syntax) template {
	var t template
	text := 0
	flush := func(end int) {
		if end > text {
			t.add(token{kind: textToken, text: s[text:end]})
		}
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case syn.wildcards && (c == '*' || c == '?'):
			flush(i)
			kind := starToken
			if c == '?' {
				kind = questionToken
			}
			t.add(token{kind: kind})
			i++
			text = i
		case syn.variables && c == '$' && strings.HasPrefix(s[i:], "${"):
			flush(i)
			v, width, ok := parseVariable(s[i:])
			if !ok {
				t.broken = true
			}
			t.add(v)
			i += width
			text = i
		default:
			i++
		}
	}
	flush(len(s))
	return t
}

func (t *template) add(tok token) {
	last := len(t.tokens) - 1
	switch {
	case tok.kind == textToken && last >= 0 && t.tokens[last].kind == textToken:
		t.tokens[last].text += tok.text
		return
	case tok.kind == starToken && last >= 0 && t.tokens[last].kind == starToken:
		return
	case tok.kind == variableToken:
		t.variable = true
	}
	t.tokens = append(t.tokens, tok)
}

// parseVariable reads a policy variable at the start of s: ${key}, ${key, 'default'}, or one of ${*}, ${?}
// and ${$}, which stand for the character itself. When ok is false the text is no variable; the token then
// stands for the whole rest and has no value, so nothing matches it.
func parseVariable(s string) (tok token, width int, ok bool) {
	bad := token{kind: variableToken}
	end := strings.IndexAny(s[2:], ",}{'")
	if end < 0 {
		return bad, len(s), false
	}
	name := s[2 : 2+end]
	rest := s[2+end:]
	if name == "" || strings.TrimSpace(name) != name {
		return bad, len(s), false
	}
	switch rest[0] {
	case '}':
		width = 2 + end + 1
		if name == "*" || name == "?" || name == "$" {
			return token{kind: textToken, text: name}, width, true
		}
		return token{kind: variableToken, variable: &variable{key: newContextKey(name), name: name}}, width, true
	case ',':
		blanks := len(rest[1:]) - len(strings.TrimLeft(rest[1:], " "))
		body := rest[1+blanks:]
		if blanks == 0 || !strings.HasPrefix(body, "'") {
			return bad, len(s), false
		}
		fallback, _, found := strings.Cut(body[1:], "'}")
		if !found || strings.Contains(fallback, "'") {
			return bad, len(s), false
		}
		width = 2 + end + 1 + blanks + 1 + len(fallback) + 2
		v := &variable{key: newContextKey(name), name: name, fallback: fallback, hasDefault: true}
		return token{kind: variableToken, variable: v}, width, true
	}
	return bad, len(s), false
}

// scratchTokens is room for resolving a template without an allocation; longer ones allocate.
type scratchTokens [12]token

// resolve replaces the variables of a template by their values, as data: a value brings neither wildcards nor
// further variables. It reports false when a variable has no value.
func (t *template) resolve(ctx *Context, buf []token) ([]token, bool) {
	out := buf[:0]
	for _, tok := range t.tokens {
		if tok.kind == variableToken {
			v, ok := tok.variable.value(ctx)
			if !ok {
				return nil, false
			}
			tok = token{kind: textToken, text: v}
		}
		out = append(out, tok)
	}
	return out, true
}

// text returns the resolved template as one string; only for templates without wildcards.
func (t *template) text(ctx *Context) (string, bool) {
	if !t.variable {
		if len(t.tokens) == 0 {
			return "", true
		}
		return t.tokens[0].text, true // text without variables is one token
	}
	toks, ok := t.resolve(ctx, nil)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for _, tok := range toks {
		b.WriteString(tok.text)
	}
	return b.String(), true
}

// match reports whether s is what the template describes. It is false when a variable has no value.
func (t *template) match(ctx *Context, s string) bool {
	if t.variable {
		return t.matchVariable(ctx, s)
	}
	if len(t.tokens) == 1 {
		switch tok := &t.tokens[0]; tok.kind {
		case textToken:
			return s == tok.text
		case starToken:
			return true
		}
	}
	return t.matchResolved(t.tokens, s)
}

// matchVariable stands apart so that templates without variables do not pay for the scratch space.
func (t *template) matchVariable(ctx *Context, s string) bool {
	var scratch scratchTokens
	toks, ok := t.resolve(ctx, scratch[:])
	return ok && t.matchResolved(toks, s)
}

func (t *template) matchResolved(toks []token, s string) bool {
	if t.confined {
		return matchConfined(toks, s)
	}
	return matchTokens(toks, s)
}

// hasValue reports whether all variables have values.
func (t *template) hasValue(ctx *Context) bool {
	for i := range t.tokens {
		if tok := &t.tokens[i]; tok.kind == variableToken {
			if _, ok := tok.variable.value(ctx); !ok {
				return false
			}
		}
	}
	return true
}
