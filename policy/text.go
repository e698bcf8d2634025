package policy

// text is a string of the document with the byte offset where it stands.
type text struct {
	value string
	pos   int
}
