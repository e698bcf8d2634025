package policy

import "strings"

// family is the type of value an operator compares.
type family uint8

const (
	stringFamily family = iota
	numericFamily
	dateFamily
	boolFamily
	binaryFamily
	ipFamily
	arnFamily
	nullFamily
)

// relation is how an operator compares. The orderings are bits: a comparison holds when the bit of its result
// is set.
type relation uint8

const (
	less relation = 1 << iota
	equal
	greater
	ignoreCase
	like
)

// operator is one condition operator without its qualifiers.
type operator struct {
	family  family
	rel     relation
	negated bool
}

// variables reports whether values of the operator may hold policy variables.
func (o operator) variables() bool {
	return o.family == stringFamily || o.family == arnFamily || o.family == boolFamily
}

// operators are all operators of the language. Their names are case-sensitive.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = map[string]operator{
	"StringEquals":              {stringFamily, equal, false},
	"StringNotEquals":           {stringFamily, equal, true},
	"StringEqualsIgnoreCase":    {stringFamily, ignoreCase, false},
	"StringNotEqualsIgnoreCase": {stringFamily, ignoreCase, true},
	"StringLike":                {stringFamily, like, false},
	"StringNotLike":             {stringFamily, like, true},
	"NumericEquals":             {numericFamily, equal, false},
	"NumericNotEquals":          {numericFamily, equal, true},
	"NumericLessThan":           {numericFamily, less, false},
	"NumericLessThanEquals":     {numericFamily, less | equal, false},
	"NumericGreaterThan":        {numericFamily, greater, false},
	"NumericGreaterThanEquals":  {numericFamily, greater | equal, false},
	"DateEquals":                {dateFamily, equal, false},
	"DateNotEquals":             {dateFamily, equal, true},
	"DateLessThan":              {dateFamily, less, false},
	"DateLessThanEquals":        {dateFamily, less | equal, false},
	"DateGreaterThan":           {dateFamily, greater, false},
	"DateGreaterThanEquals":     {dateFamily, greater | equal, false},
	"Bool":                      {boolFamily, equal, false},
	"BinaryEquals":              {binaryFamily, equal, false},
	"IpAddress":                 {ipFamily, like, false},
	"NotIpAddress":              {ipFamily, like, true},
	"ArnEquals":                 {arnFamily, like, false},
	"ArnLike":                   {arnFamily, like, false},
	"ArnNotEquals":              {arnFamily, like, true},
	"ArnNotLike":                {arnFamily, like, true},
	"Null":                      {nullFamily, equal, false},
}

// setOperator is the qualifier for multivalued keys.
type setOperator uint8

const (
	noSet setOperator = iota
	forAllValues
	forAnyValue
)

// qualified is an operator with its qualifiers.
type qualified struct {
	operator
	set      setOperator
	ifExists bool
}

// parseOperator reads the name of an operator with its qualifiers.
func parseOperator(s string) (qualified, bool) {
	var q qualified
	if rest, ok := strings.CutPrefix(s, "ForAllValues:"); ok {
		q.set, s = forAllValues, rest
	} else if rest, ok := strings.CutPrefix(s, "ForAnyValue:"); ok {
		q.set, s = forAnyValue, rest
	}
	s, q.ifExists = strings.CutSuffix(s, "IfExists")
	var ok bool
	q.operator, ok = operators[s]
	if q.family == nullFamily && (q.ifExists || q.set != noSet) {
		return qualified{}, false
	}
	return q, ok
}
