package accesstest

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Suite is a file of expectations.
type Suite struct {
	Name         string
	Expectations []*Expectation
}

// Expectation is one sentence.
type Expectation struct {
	Position
	Text string // as written, on one line

	subjects  []subject
	quantity  quantity
	limit     int // of atMost
	can       bool
	actions   []word
	resources []word // none: any
	places    []place
	situation
}

// quantity says how the checks of the people in a sentence make its result.
type quantity int

const (
	each   quantity = iota // it holds for each of them
	only                   // it holds for them and for nobody else
	atMost                 // it holds for no more than a number of people
)

// subject is whom a sentence is about.
type subject struct {
	kind subjectKind
	name word
}

type subjectKind int

const (
	person  subjectKind = iota
	group               // what the group gives, by itself
	members             // each member with all that the member holds
	everyone
)

// place is where: an account, a unit with all accounts in it, or all accounts.
type place struct {
	kind placeKind
	name word
}

type placeKind int

const (
	inAccount placeKind = iota
	inUnit
	inEvery
)

// situation is what a sentence says beside who, what and where.
type situation struct {
	permissionSet  *word
	mfa            *bool
	from           string
	at             time.Time
	keys           []keyValue
	resourcePolicy *word // a file, relative to the file of the sentence
}

// keyValue is a condition key and its values; none: the key is absent.
type keyValue struct {
	key    word
	values []string
}

// maxFile bounds the size of a file of expectations.
const maxFile = 16 << 20

// maxWords bounds the length of a sentence.
const maxWords = 10_000

// Parse reads the sentences of a file. The errors are of type *Error, one for each line that is not understood.
func Parse(name string, text []byte) (*Suite, []error) {
	s := &Suite{Name: name}
	if len(text) > maxFile {
		return s, []error{&Error{Position{name, 1, 1}, "the file is longer than 16 MiB"}}
	}
	if !utf8.Valid(text) {
		return s, []error{&Error{Position{name, 1, 1}, "the file is not UTF-8"}}
	}
	var errs []error
	var given situation
	var sentence []word
	var written []string
	finish := func() {
		if len(sentence) == 0 {
			return
		}
		if len(sentence) > maxWords {
			errs = append(errs, sentence[0].errorf("more than %d words in one sentence", maxWords))
			sentence, written = nil, nil
			return
		}
		p := parser{words: sentence, situation: given}
		e, err := p.sentence()
		switch {
		case err != nil:
			errs = append(errs, err)
		case e == nil:
			given = p.situation
		default:
			e.Text = strings.Join(written, " ")
			s.Expectations = append(s.Expectations, e)
		}
		sentence, written = nil, nil
	}
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		number++
		words, err := split(Position{File: name, Line: number}, strings.TrimSuffix(line, "\n"))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if len(words) == 0 {
			continue
		}
		if line[0] != ' ' && line[0] != '\t' { // an indented line goes on with the sentence before
			finish()
		}
		sentence = append(sentence, words...)
		written = append(written, plain(words))
	}
	finish()
	return s, errs
}

// plain writes words as a person would.
func plain(words []word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !w.is(",") {
			b.WriteByte(' ')
		}
		if w.quoted {
			b.WriteString(`"` + w.text + `"`)
		} else {
			b.WriteString(w.text)
		}
	}
	return b.String()
}

// parser reads one sentence.
type parser struct {
	words []word
	last  word
	situation
}

func (p *parser) peek(keywords ...string) bool {
	if len(p.words) < len(keywords) {
		return false
	}
	for i, k := range keywords {
		if !p.words[i].is(k) {
			return false
		}
	}
	return true
}

// take consumes keywords, if they are next.
func (p *parser) take(keywords ...string) bool {
	if !p.peek(keywords...) {
		return false
	}
	for range keywords {
		p.next()
	}
	return true
}

func (p *parser) next() word {
	p.last = p.words[0]
	p.words = p.words[1:]
	return p.last
}

// name consumes a word that is no comma.
func (p *parser) name(what string) (word, *Error) {
	if len(p.words) == 0 {
		end := p.last
		end.Column += utf8.RuneCountInString(end.text)
		return word{}, end.errorf("the sentence ends where %s is expected", what)
	}
	if w := p.words[0]; w.is(",") || w.text == "" {
		return word{}, w.errorf("%s is expected", what)
	}
	return p.next(), nil
}

// sentence reads a whole sentence; the result is nil for one that only says what is given.
func (p *parser) sentence() (*Expectation, *Error) {
	start := p.words[0]
	if p.take("given") {
		if len(p.words) == 0 {
			return nil, start.errorf("given what? such as: given mfa")
		}
		for len(p.words) > 0 {
			if err := p.clause(true); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	e := &Expectation{Position: start.Position}
	if err := p.subjects(e); err != nil {
		return nil, err
	}
	if err := p.verb(e); err != nil {
		return nil, err
	}
	var err *Error
	if e.actions, err = p.list("an action such as s3:GetObject"); err != nil {
		return nil, err
	}
	for _, a := range e.actions {
		if service, name, found := strings.Cut(a.text, ":"); !found || service == "" || name == "" || strings.Contains(name, ":") {
			return nil, a.errorf("%q is no action; they look like s3:GetObject", a.text)
		}
	}
	for len(p.words) > 0 {
		switch {
		case p.take("on"):
			list, err := p.list("a resource")
			if err != nil {
				return nil, err
			}
			e.resources = append(e.resources, list...)
		case p.take("in"):
			if err := p.places(e); err != nil {
				return nil, err
			}
		default:
			if err := p.clause(false); err != nil {
				return nil, err
			}
		}
	}
	if len(e.places) == 0 {
		return nil, start.errorf("where? say: in ACCOUNT, in ou:PATH or in every account")
	}
	e.situation = p.situation
	return e, nil
}

func (p *parser) subjects(e *Expectation) *Error {
	switch {
	case p.take("nobody"):
		// The same as saying of everyone that they cannot.
		e.subjects, e.quantity, e.limit = []subject{{kind: everyone, name: p.last}}, atMost, 0
		return nil
	case p.peek("at", "most"):
		p.take("at", "most")
		count, err := p.name("a number")
		if err != nil {
			return err
		}
		if e.limit, _ = strconv.Atoi(count.text); e.limit < 1 {
			return count.errorf("a number from 1 is expected, not %q", count.text)
		}
		if !p.take("people") && !p.take("person") {
			return p.last.errorf("expected: at most %d people can ...", e.limit)
		}
		e.subjects, e.quantity = []subject{{kind: everyone, name: count}}, atMost
		return nil
	case p.take("only"):
		e.quantity = only
	}
	for {
		s := subject{}
		switch {
		case p.take("everyone"):
			s = subject{everyone, p.last}
		case p.take("group"):
			s.kind = group
		case p.take("members", "of"):
			s.kind = members
		case p.take("user"):
		}
		if s.kind != everyone {
			var err *Error
			if s.name, err = p.name("a name"); err != nil {
				return err
			}
		}
		if e.quantity == only && s.kind != group && s.kind != person {
			return s.name.errorf("only takes people and groups")
		}
		e.subjects = append(e.subjects, s)
		if !p.take(",") {
			return nil
		}
	}
}

func (p *parser) verb(e *Expectation) *Error {
	switch {
	case p.take("cannot"):
		if e.quantity != each {
			return p.last.errorf("expected can: a sentence with nobody, only or at most says what can be done")
		}
	case p.take("can"):
		e.can = true
	case len(p.words) == 0:
		_, err := p.name("can or cannot")
		return err
	default:
		return p.words[0].errorf("expected can or cannot, not %q (put names of several words in quotation marks)", p.words[0].text)
	}
	return nil
}

// list reads words with commas between them.
func (p *parser) list(what string) ([]word, *Error) {
	var out []word
	for {
		w, err := p.name(what)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
		if !p.take(",") {
			return out, nil
		}
	}
}

func (p *parser) places(e *Expectation) *Error {
	for {
		if p.take("every", "account") {
			e.places = append(e.places, place{kind: inEvery, name: p.last})
		} else {
			w, err := p.name("an account")
			if err != nil {
				return err
			}
			pl := place{name: w}
			if unit, found := strings.CutPrefix(w.text, "ou:"); found {
				pl.kind = inUnit
				pl.name.text = unit
			}
			e.places = append(e.places, pl)
		}
		if !p.take(",") {
			return nil
		}
	}
}

// clause reads what stands after who, what and where. After "given", a bare "mfa" will do.
func (p *parser) clause(given bool) *Error {
	switch {
	case p.take("with", "permission", "set"), p.take("using"):
		w, err := p.name("a permission set")
		p.permissionSet = &w
		return err
	case p.take("with", "resource", "policy"):
		w, err := p.name("a file")
		p.resourcePolicy = &w
		return err
	case p.take("with", "mfa"), given && p.take("mfa"):
		p.mfa = new(bool)
		*p.mfa = true
		return nil
	case p.take("without", "mfa"), given && p.take("no", "mfa"):
		p.mfa = new(bool)
		return nil
	case p.take("from"):
		w, err := p.name("an IP address")
		if err != nil {
			return err
		}
		if _, bad := netip.ParseAddr(w.text); bad != nil {
			return w.errorf("%q is no IP address", w.text)
		}
		p.from = w.text
		return nil
	case p.take("at"):
		w, err := p.name("a time")
		if err != nil {
			return err
		}
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly} {
			if t, bad := time.Parse(layout, w.text); bad == nil {
				p.at = t
				return nil
			}
		}
		return w.errorf("%q is no time; write it like 2026-03-01T12:00:00Z", w.text)
	case p.take("when"), given && len(p.words) > 1 && strings.Contains(p.words[0].text, ":"):
		return p.when()
	}
	return p.words[0].errorf("not understood: %q; expected on, in, with, without, using, from, when or at", p.words[0].text)
}

// when reads KEY = VALUE, VALUE or KEY is absent. The equals sign may be attached.
func (p *parser) when() *Error {
	key, err := p.name("a condition key")
	if err != nil {
		return err
	}
	var kv keyValue
	name, value, attached := strings.Cut(key.text, "=")
	kv.key = key
	kv.key.text = name
	if !strings.Contains(name, ":") {
		return key.errorf("%q is no condition key; they look like aws:RequestedRegion", name)
	}
	switch {
	case attached && value != "":
		first := key
		first.text = value
		p.words = slices.Insert(slices.Clone(p.words), 0, first)
	case attached, p.take("="), p.take("is") && !p.peek("absent"):
	case p.take("absent"):
		p.setKey(kv)
		return nil
	default:
		return p.last.errorf("expected = and a value, or is absent, after %s", name)
	}
	list, err := p.list("a value of " + name)
	if err != nil {
		return err
	}
	for _, w := range list {
		kv.values = append(kv.values, w.text)
	}
	p.setKey(kv)
	return nil
}

// setKey keeps the last word on a key: a sentence may differ from what is given.
func (p *parser) setKey(kv keyValue) {
	p.keys = slices.DeleteFunc(slices.Clone(p.keys), func(old keyValue) bool { return strings.EqualFold(old.key.text, kv.key.text) })
	p.keys = append(p.keys, kv)
}
