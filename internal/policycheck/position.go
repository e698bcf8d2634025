package policycheck

import "sort"

// block is how many bytes of the text lie between two counts of its characters.
const block = 64

// positions finds lines and columns. Each look-up costs the same, however long the lines are.
type positions struct {
	text   string
	lines  []int // where each line starts, in bytes
	counts []int // characters before each block
}

func newPositions(text string) *positions {
	p := &positions{text: text, lines: []int{0}}
	n := 0
	for i := range len(text) {
		if i%block == 0 {
			p.counts = append(p.counts, n)
		}
		if text[i]&0xC0 != 0x80 { // the first byte of a character
			n++
		}
		if text[i] == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	if len(text)%block == 0 {
		p.counts = append(p.counts, n)
	}
	return p
}

// characters is how many characters start before a byte.
func (p *positions) characters(offset int) int {
	n := p.counts[offset/block]
	for i := offset / block * block; i < offset; i++ {
		if p.text[i]&0xC0 != 0x80 {
			n++
		}
	}
	return n
}

func (p *positions) at(offset int) Position {
	line := sort.SearchInts(p.lines, offset+1) - 1
	n := p.characters(offset)
	return Position{Line: line + 1, Column: n - p.characters(p.lines[line]), Offset: n}
}
