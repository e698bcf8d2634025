package compare

import "errors"

// ErrTooComplex says that a proof, or its refutation, would take more work than a call may take.
var ErrTooComplex = errors.New("compare: the policies are too complex to be compared")

// workLimit bounds the work of one call: about a second, and some hundred megabytes in the worst case.
const workLimit = 4_000_000

// budget is the work that one call has left. Once it is used up it stays so, and whatever is computed then means
// nothing: the call ends with ErrTooComplex.
type budget struct{ left int }

// spend takes n units and reports whether there were as many.
func (b *budget) spend(n int) bool {
	if b.left < n {
		b.left = 0
		return false
	}
	b.left -= n
	return true
}

func (b *budget) exhausted() bool { return b.left == 0 }
