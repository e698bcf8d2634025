package awsquery

import (
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// maxSegments bounds the parts of a parameter's name; the deepest of the models
// has nine.
const maxSegments = 32

// node is a parameter, or the part of a name that several share.
type node struct {
	value    string
	given    bool
	children map[string]*node
}

// parse splits the names of a form at their dots.
func parse(form url.Values) (*node, error) {
	root := &node{}
	for name, values := range form {
		if len(values) > 1 {
			return nil, malformed(fmt.Sprintf("The parameter %.100q is given twice.", name))
		}
		at := root
		rest, segments := name, 0
		for more := true; more; segments++ {
			if segments == maxSegments {
				return nil, malformed("The name of a parameter has too many parts.")
			}
			var part string
			part, rest, more = strings.Cut(rest, ".")
			at = at.child(part)
		}
		at.value, at.given = values[0], true
	}
	return root, nil
}

func (n *node) child(name string) *node {
	if c := n.children[name]; c != nil {
		return c
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c := &node{}
	n.children[name] = c
	return c
}

// numbered lists the children named 1, 2, 3... in order of their numbers.
// Missing numbers are skipped, as AWS does.
func (n *node) numbered() ([]*node, error) {
	type item struct {
		number int
		node   *node
	}
	items := make([]item, 0, len(n.children))
	for name, c := range n.children {
		number, err := strconv.Atoi(name)
		if err != nil || number < 1 || name[0] == '0' || name[0] == '+' {
			return nil, malformed("A list index is not a positive number.")
		}
		items = append(items, item{number, c})
	}
	sort.Slice(items, func(i, j int) bool { return items[i].number < items[j].number })
	out := make([]*node, len(items))
	for i, it := range items {
		out[i] = it.node
	}
	return out, nil
}

func malformed(message string) error {
	return &idc.Error{Kind: idc.Invalid, Reason: fault.MalformedInput, Message: message}
}
