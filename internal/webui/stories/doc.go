// Package stories holds every page of webui in every state, filled with what the
// SecureCart organization would show, and with what a hostile visitor would send.
//
// Each [Story] has an address of its own. cmd/gatehouse-stories serves them to
// look at while a page is being designed; the tests of webui render each one and
// check what must hold for all: no inline script or style, labels, escaping.
// A new page, or a new state of one, gets its story here.
package stories
