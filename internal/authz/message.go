package authz

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/policy"
)

const (
	// maxMessage is the longest encoded message. It travels in a header, and the
	// usual buffer of a reverse proxy for all of them is 4 KiB.
	maxMessage = 3 << 10
	// maxStatements is how many statements a message tells at most.
	maxStatements = 10
	// maxPacked is the longest text that seals and encodes to maxMessage.
	maxPacked = maxMessage/4*3 - sealed.Overhead
	// maxPlain bounds what a message may unpack to.
	maxPlain = 1 << 20
)

// message is what an authorization message tells. What the caller brought along, the
// keys of the resource, and each statement are packed by themselves (pack): a caller
// who chooses the text of one (session names, tags, session policies) learns nothing
// of the others from the length of the message.
type message struct {
	told    told
	private private
}

// told is what the caller brought along.
type told struct {
	Account     string // of the caller
	Owner       string // account of the resource
	PrincipalID string
	ARN         string
	Action      string
	Resource    string
	Conditions  []conditionItem `json:",omitempty"`
}

// private is what the policies and the resource add.
type private struct {
	Denials    []denial        `json:",omitempty"`
	Conditions []conditionItem `json:",omitempty"` // keys of the resource
}

// denial is a statement that denied.
type denial struct {
	Layer  policy.Layer
	Policy string
	Sid    string
	Text   *statementText `json:",omitempty"` // nil when it is no longer there, or has no room
}

type statementText struct {
	Principals  []string `json:",omitempty"`
	NotAction   bool     `json:",omitempty"`
	Actions     []string
	NotResource bool            `json:",omitempty"`
	Resources   []string        `json:",omitempty"`
	Conditions  []conditionItem `json:",omitempty"`
}

type conditionItem struct {
	Key    string
	Values []string
}

// Message makes the authorization message of a refused question: sealed, so that
// only sts:DecodeAuthorizationMessage can read it, and bound to the caller's
// account. It is "" where nothing could be told: the caller has no account, or
// the service has no ring.
func (s *Service) Message(ctx context.Context, q Question, a Answer) (string, error) {
	if s.Messages == nil || a.Request == nil || a.Allowed() {
		return "", nil
	}
	m := message{told: told{
		Account: q.Caller.AccountID, Owner: a.Request.ResourceAccount,
		PrincipalID: q.Caller.PrincipalID, ARN: q.Caller.ARN, Action: q.Action, Resource: a.Resource,
	}}
	keys := &a.Request.Context
	for _, key := range keys.Keys() {
		values, _ := keys.Get(key)
		item := conditionItem{key, values}
		if ofResource(key) {
			m.private.Conditions = append(m.private.Conditions, item)
		} else {
			m.told.Conditions = append(m.told.Conditions, item)
		}
	}
	var err error
	if m.private.Denials, err = s.denials(ctx, q, a); err != nil {
		return "", err
	}
	return s.seal(&m)
}

// ofResource reports whether a key describes the resource rather than the caller.
func ofResource(key string) bool {
	key = strings.ToLower(key)
	return strings.HasPrefix(key, "aws:resource") || strings.Contains(key, ":resourcetag/")
}

// seal packs and seals a message, with less in it if it is too long.
func (s *Service) seal(m *message) (string, error) {
	for _, shorten := range []func(){
		func() {},
		func() { // the statements stay, without their text
			for i := range m.private.Denials {
				m.private.Denials[i].Text = nil
			}
		},
		func() { m.told.Conditions, m.private.Conditions = nil, nil },
		func() { m.private.Denials = nil },
	} {
		shorten()
		packed, err := s.pack(m)
		if err != nil {
			return "", err
		}
		if len(packed) > maxPacked {
			continue
		}
		if assumes(m.told.Action) {
			// All of one length: nobody learns from it which roles exist.
			packed = append(packed, make([]byte, maxPacked-len(packed))...)
		}
		return s.Messages.SealString(packed, sealed.Token(messageClass)), nil
	}
	return "", idc.Errorf(idc.Internal, "the authorization message is too long")
}

// messageClass keeps messages apart from everything else that is sealed.
const messageClass = "authorization-message"

// pack writes the parts of a message, each after its length and each compressed by
// itself. Were a statement of the organization's compressed together with one that
// the caller has written, or with tags that the caller passes, the length would tell
// how much of the one stands in the other.
func (s *Service) pack(m *message) ([]byte, error) {
	parts := []any{m.told, m.private.Conditions}
	for _, d := range m.private.Denials {
		parts = append(parts, d)
	}
	var out []byte
	for _, part := range parts {
		packed, err := s.deflate(part)
		if err != nil {
			return nil, err
		}
		out = append(binary.AppendUvarint(out, uint64(len(packed))), packed...)
	}
	return out, nil
}

// deflate uses writers again: one takes most of a megabyte.
func (s *Service) deflate(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, reused := s.deflaters.Get().(*flate.Writer)
	if reused {
		w.Reset(&out)
	} else if w, err = flate.NewWriter(&out, flate.BestCompression); err != nil {
		return nil, err
	}
	defer s.deflaters.Put(w)
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func unpack(packed []byte) (m message, err error) {
	for i := 0; len(packed) > 0; i++ {
		length, n := binary.Uvarint(packed)
		if n <= 0 || length > uint64(len(packed)-n) {
			return m, io.ErrUnexpectedEOF
		}
		if length == 0 {
			break // padding
		}
		part := packed[n : n+int(length)]
		packed = packed[n+int(length):]
		switch i {
		case 0:
			err = inflate(part, &m.told)
		case 1:
			err = inflate(part, &m.private.Conditions)
		default:
			var d denial
			err = inflate(part, &d)
			m.private.Denials = append(m.private.Denials, d)
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}

func inflate(packed []byte, v any) error {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxPlain))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// DecodeMessage opens an authorization message for somebody who may decode. It
// must be of the decoder's account, or the decoder in the management account:
// anything else is as invalid as what was never a message. The text is AWS's JSON.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
func (s *Service) DecodeMessage(decoder idc.Caller, encoded string) (string, error) {
	invalid := idc.Errorf(idc.Invalid, "The authorization message is not valid.").With("InvalidAuthorizationMessageException")
	if s.Messages == nil {
		return "", invalid
	}
	packed, err := s.Messages.OpenString(encoded, sealed.Token(messageClass))
	if err != nil {
		return "", invalid.Because(err)
	}
	m, err := unpack(packed)
	if err != nil {
		return "", idc.Errorf(idc.Internal, "an authorization message of ours does not unpack").Because(err)
	}
	everything := decoder.AccountID == s.Instance.OwnerAccountID
	if decoder.AccountID == "" || m.told.Account != decoder.AccountID && !everything {
		return "", invalid
	}
	text, err := json.Marshal(m.decoded(everything))
	return string(text), err
}
