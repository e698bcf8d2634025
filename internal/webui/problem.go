package webui

import (
	"net/http"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Problem is the error page. Handlers return errors; the adapter makes this of them.
type Problem struct {
	Status  int
	Heading string
	// Message is public text: a sentence or two.
	Message string
	// HomeURL leads out of the dead end; may be empty.
	HomeURL string
}

func (p Problem) meta() meta {
	return meta{template: "problem", title: p.Heading, status: p.Status}
}

// problemOf renders an error of the services.
func problemOf(err error) Problem {
	p := Problem{Message: idc.PublicMessage(err), HomeURL: "/start"}
	switch idc.KindOf(err) {
	case idc.NotFound:
		p.Status, p.Heading = http.StatusNotFound, "There is nothing here"
	case idc.Conflict:
		p.Status, p.Heading = http.StatusConflict, "That cannot be done now"
	case idc.Invalid:
		p.Status, p.Heading = http.StatusBadRequest, "That request is not valid"
	case idc.Unauthenticated:
		// Not 401: that status promises a WWW-Authenticate challenge (RFC 9110 section 15.5.2).
		p.Status, p.Heading = http.StatusForbidden, "Please sign in"
	case idc.Denied:
		p.Status, p.Heading = http.StatusForbidden, "You may not do that"
	case idc.Throttled:
		p.Status, p.Heading = http.StatusTooManyRequests, "Too many tries"
	case idc.QuotaExceeded:
		p.Status, p.Heading = http.StatusConflict, "A limit is reached"
	case idc.Expired:
		p.Status, p.Heading = http.StatusGone, "That has expired"
	case idc.Unavailable:
		p.Status, p.Heading = http.StatusServiceUnavailable, "Not available at the moment"
	case idc.NotImplemented:
		p.Status, p.Heading = http.StatusNotImplemented, "Not built yet"
	default:
		p.Status, p.Heading = http.StatusInternalServerError, "Something went wrong"
	}
	return p
}
