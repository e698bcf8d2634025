package webui

import "time"

// TemplateOf names the template of a page.
func TemplateOf(p Page) string { return p.meta().template }

// Policy, Span and Initial open what the tests state in tables.
func Policy(script bool, leadsTo string) string { return policy(script, leadsTo) }
func Span(from, to time.Time) string            { return span(from, to) }
func Initial(name string) string                { return initial(name) }
