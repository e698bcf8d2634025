package trail

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// period is how long a digest covers.
const period = time.Hour

// chains are the digests of a trail, one chain for each account and Region whose
// files it delivers. They are kept as text in idc.TrailStatus.LastDigest.
type chains []chain

type chain struct {
	Account string    `json:"account"`
	Region  string    `json:"region"`
	End     time.Time `json:"end"` // of the last digest, or when the chain began
	// Last is the last digest; nil before the first.
	Last *lastDigest `json:"last,omitempty"`
	// Files are those that the next digest names.
	Files []namedFile `json:"files,omitempty"`
}

// lastDigest is what a digest says of the one before it.
type lastDigest struct {
	Bucket    string `json:"bucket"`
	Key       string `json:"key"`
	Hash      string `json:"hash"`
	Signature string `json:"signature"`
}

func readChains(text string) (chains, error) {
	if text == "" {
		return nil, nil
	}
	var c chains
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return nil, fmt.Errorf("digest chains of a trail: %w", err)
	}
	return c, nil
}

func (c chains) text() (string, error) {
	if len(c) == 0 {
		return "", nil
	}
	text, err := json.Marshal(c)
	return string(text), err
}

// clone copies so far that chains and lists of files can be changed.
func (c chains) clone() chains {
	out := slices.Clone(c)
	for i := range out {
		out[i].Files = slices.Clone(out[i].Files)
	}
	return out
}

// add names a file in the chain of its place. A new chain begins at a full number of
// periods after began, so that all digests of a trail fall due at the same time.
func (c chains) add(f logFile, began, now time.Time) chains {
	at := slices.IndexFunc(c, func(c chain) bool { return c.Account == f.account && c.Region == f.region })
	if at < 0 {
		at = len(c)
		began = began.Truncate(time.Second)
		c = append(c, chain{Account: f.account, Region: f.region, End: began.Add(now.Sub(began).Truncate(period))})
	}
	c[at].Files = append(c[at].Files, f.file)
	return c
}

// due returns when the next digest of a chain ends, if it is to be written now. After
// a pause one digest covers all of it. At the last run what is left gets a digest, too.
func (c chain) due(now time.Time, last bool) (end time.Time, due bool) {
	if end = c.End.Add(now.Sub(c.End).Truncate(period)); end.After(c.End) {
		return end, true
	}
	end = now.Truncate(time.Second)
	return end, last && len(c.Files) > 0 && end.After(c.End)
}
