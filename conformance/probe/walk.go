package probe

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

const (
	// maxPages is when a walk is called endless.
	maxPages = 2000
	// manyPages is after how many pages a walk goes on in larger ones: AWS's own policies are more than a thousand.
	manyPages = 60
)

// Walk reads a list to its end with the given page size, 0 for the service's own. The token is taken as it
// comes. The text says what is wrong with the pages, or is "".
func Walk(ctx context.Context, c *wire.Client, call wire.Call, size float64) (items []any, why string, err error) {
	pages := call.Service.Pagination[call.Operation.Name]
	if pages == nil {
		return nil, "the model has no pages for it", nil
	}
	input, _ := clone(call.Input).(map[string]any)
	limited := size > 0 && pages.LimitKey != ""
	for n := 0; n < maxPages; n++ {
		if n == manyPages {
			size = largest(call, pages.LimitKey)
		}
		if limited {
			input[pages.LimitKey] = size
		}
		call.Input = input
		a, err := c.Do(ctx, call)
		if err != nil {
			return nil, "", err
		}
		if a.Status >= 300 {
			return nil, fmt.Sprintf("page %d: HTTP %d %s: %s", n+1, a.Status, a.Code, a.Message), nil
		}
		page := 0
		for _, key := range pages.ResultKey {
			list, _ := a.Output[key].([]any)
			items = append(items, list...)
			page += len(list)
		}
		if limited && page > int(size) && len(pages.ResultKey) == 1 {
			return nil, fmt.Sprintf("page %d has %d items although %v were asked for", n+1, page, size), nil
		}
		token, _ := a.Output[pages.OutputToken[0]].(string)
		more, said := a.Output[pages.MoreResults].(bool)
		if said && more != (token != "") {
			return nil, fmt.Sprintf("page %d: %s is %v, the token is %q", n+1, pages.MoreResults, more, token), nil
		}
		if token == "" {
			return items, "", nil
		}
		input, _ = clone(input).(map[string]any)
		input[pages.InputToken[0]] = token
	}
	return nil, fmt.Sprintf("more than %d pages", maxPages), nil
}

// Garbage asks a list with a token that no service made.
func Garbage(ctx context.Context, c *wire.Client, call wire.Call) (Result, error) {
	token := call.Service.Pagination[call.Operation.Name].InputToken[0]
	p := Probe{Kind: BadToken, Member: token, Input: with(call.Input, token, garbage)}
	r := &Runner{Client: c, Credentials: *call.Credentials, Service: call.Service}
	result, _, err := r.ask(ctx, call.Operation, p)
	return result, err
}

// largest is the largest page that the model allows, up to a hundred.
func largest(call wire.Call, limitKey string) float64 {
	if m := call.Service.InputOf(call.Operation).Members[limitKey]; m != nil {
		if most := call.Service.Shape(m.Shape).Max; most != nil {
			return min(100, *most)
		}
	}
	return 100
}

// walk reads a list twice, in pages of one and as the service likes, and compares.
func (r *Runner) walk(ctx context.Context, op *model.Operation, input map[string]any) (string, error) {
	call := wire.Call{Service: r.Service, Operation: op, Input: input, Credentials: &r.Credentials}
	first, err := r.Client.Do(ctx, call)
	if err != nil || first.Status >= 300 {
		return "", err // the probe that reads has said it
	}
	return Compare(ctx, r.Client, call)
}

// Compare walks a list in pages of one and in the service's own, and says how they differ, or "". A list that
// grows by being read, such as a trail's, is compared by what the first walk saw.
func Compare(ctx context.Context, c *wire.Client, call wire.Call) (string, error) {
	if call.Operation.Name == "LookupEvents" {
		return "", nil
	}
	single, why, err := Walk(ctx, c, call, 1)
	if err != nil || why != "" {
		return why, err
	}
	whole, why, err := Walk(ctx, c, call, 0)
	if err != nil || why != "" {
		return why, err
	}
	seen := map[string]bool{}
	for _, item := range single {
		text, err := json.Marshal(item)
		if err != nil {
			return "", err
		}
		if seen[string(text)] {
			return Short("with pages of one an item comes twice: " + string(text)), nil
		}
		seen[string(text)] = true
	}
	if len(whole) != len(single) {
		return fmt.Sprintf("%d items with pages of one, %d otherwise", len(single), len(whole)), nil
	}
	return "", nil
}
