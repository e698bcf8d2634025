package awsedge

import (
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
)

// Page is the position of a listing that is read page by page.
type Page struct {
	// After is the cursor of the last item that was sent; "" at the start.
	After string

	codec pagetoken.Codec
	scope pagetoken.Scope
}

// Page reads the token a client sent for the next page of a listing; nil or
// empty is the start. A token is bound to the operation, the caller and the
// filters, which are the parameters that decide what is listed, in a fixed order.
func (c *Call) Page(codec pagetoken.Codec, token *string, filters ...string) (Page, error) {
	caller := c.Caller.AccountID
	if c.Caller.Type == idc.CallerIdentityCenterUser {
		caller = c.Caller.UserID
	}
	p := Page{codec: codec, scope: pagetoken.Scope{
		Operation: c.Operation.Service.Name + ":" + c.Operation.Name, Caller: caller, Filters: filters,
	}}
	if token == nil || *token == "" {
		return p, nil
	}
	after, err := codec.Decode(p.scope, *token)
	if err != nil {
		message := "The NextToken is invalid."
		if by := c.Operation.Pagination; by != nil && by.InputToken == "Marker" { // IAM's name for it
			message = "The specified value for marker is invalid."
		}
		return p, idc.Errorf(idc.Invalid, "%s", message).With(idc.ReasonInvalidPageToken).Because(err)
	}
	p.After = after
	return p, nil
}

// Next is the token of the page after cursor, or nil when cursor is "": there is none.
func (p Page) Next(cursor string) *string {
	if cursor == "" {
		return nil
	}
	token := p.codec.Encode(p.scope, cursor)
	return &token
}
