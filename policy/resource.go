package policy

import "strings"

// resourcePattern is one compiled entry of a Resource or NotResource element.
type resourcePattern struct {
	all       bool // the entry "*"
	irregular bool // the entry breaks a rule of the language (IAM refuses it in a new document)
	pattern   template
	prefix    string // what every resource the entry covers starts with
	open      bool   // the entry covers everything that starts so
}

// compileResource compiles one entry.
//
// An ARN pattern has six fields, and a star that ends its field may run over the colons that follow, while a
// star inside a field, and a question mark, stay in it. The sixth field is free text.
func compileResource(entry string, variables bool) resourcePattern {
	if entry == "*" {
		return resourcePattern{all: true}
	}
	fields, n := arnFieldsOf(entry, variables)
	r := resourcePattern{irregular: n < 3 || fields[0] != "arn" || strings.ContainsAny(fields[2], "*?")}
	if n == arnFields && fields[2] == "iam" && irregularIAMPath(fields[5]) {
		r.irregular = true
	}
	for i := range n {
		last := i == arnFields-1
		t := parseTemplate(fields[i], syntax{wildcards: true, variables: variables})
		if !last {
			r.irregular = r.irregular || t.variable
			confine(&t)
		}
		if i > 0 {
			r.pattern.tokens = appendText(r.pattern.tokens, ":")
		}
		for _, tok := range t.tokens {
			if tok.kind == textToken {
				r.pattern.tokens = appendText(r.pattern.tokens, tok.text)
			} else {
				r.pattern.tokens = append(r.pattern.tokens, tok)
			}
		}
		r.pattern.variable = r.pattern.variable || t.variable
		r.pattern.confined = r.pattern.confined || t.confined
	}
	if toks := r.pattern.tokens; len(toks) > 0 && toks[0].kind == textToken {
		r.prefix = toks[0].text
		r.open = len(toks) == 2 && toks[1].kind == starToken
	}
	return r
}

func arnFieldsOf(entry string, variables bool) ([arnFields]string, int) {
	if variables {
		return splitARN(entry)
	}
	var fields [arnFields]string
	parts := strings.SplitN(entry, ":", arnFields)
	return fields, copy(fields[:], parts)
}

// confine forbids the wildcards inside a field to leave it; a star at its end stays free.
func confine(t *template) {
	for i := range t.tokens {
		switch t.tokens[i].kind {
		case starToken:
			if i < len(t.tokens)-1 {
				t.tokens[i].kind = fieldStar
				t.confined = true
			}
		case questionToken:
			t.tokens[i].kind = fieldQuestion
		}
	}
}

func appendText(toks []token, s string) []token {
	if last := len(toks) - 1; last >= 0 && toks[last].kind == textToken {
		toks[last].text += s
		return toks
	}
	return append(toks, token{kind: textToken, text: s})
}

// match tests the resource of a request. A request whose action knows no resources names "*", which only the
// entry "*" covers. What an irregular entry would cover is unknown.
func (r *resourcePattern) match(ctx *Context, resource string) truth {
	switch {
	case r.all:
		return yes
	case !strings.HasPrefix(resource, r.prefix) || resource == "*":
		return no
	case !r.open && !r.pattern.match(ctx, resource):
		return no
	case r.irregular:
		return unknown
	}
	return yes
}

// matchResources tests a whole element. A NotResource entry with a variable that has no value excludes
// nothing, so the statement might reach too far: that is unknown, and the statement applies only as a Deny.
func matchResources(patterns []resourcePattern, negated bool, ctx *Context, resource string) truth {
	found := no
	for i := range patterns {
		p := &patterns[i]
		found = max(found, p.match(ctx, resource))
		if negated && p.pattern.variable && !p.pattern.hasValue(ctx) {
			found = max(found, unknown)
		}
		if found == yes {
			break
		}
	}
	if negated {
		return found.not()
	}
	return found
}
