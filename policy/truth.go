package policy

// truth is the outcome of a test in Kleene's three-valued logic. A statement whose tests come out unknown is
// one the engine cannot judge: as an Allow it does not apply, as a Deny it does.
type truth uint8

const (
	no truth = iota
	unknown
	yes
)

func (t truth) not() truth { return yes - t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// doubt turns a yes into unknown.
func (t truth) doubt() truth { return min(t, unknown) }
