package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/iam"
	awssts "github.com/gatehouse-idc/gatehouse/internal/awsapi/sts"
	"github.com/gatehouse-idc/gatehouse/internal/config"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/keys"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/sigv4"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// signing is an authenticator with credentials to try on it.
type signing struct {
	*testidc.World
	auth  *authenticator
	creds aws.Credentials
}

func newSigning(t *testing.T) *signing {
	t.Helper()
	w := testidc.New(t)
	provider, err := sealed.OpenFileKeyProvider(filepath.Join(t.TempDir(), "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	node := func() *authenticator {
		k := &keys.Service{Store: w.Store, Provider: provider, Clock: w.Clock, IDs: w.IDs}
		if err := k.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		return &authenticator{verifier: sigv4.NewVerifier(100), keys: k, clock: w.Clock,
			sts: &sts.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: k.SessionToken}}
	}
	s := &signing{World: w, auth: node()}
	s.issue(t, s.auth)
	return s
}

func (s *signing) issue(t *testing.T, on *authenticator) {
	t.Helper()
	creds, _, err := on.sts.Issue(sts.Session{SessionName: "ana", Duration: time.Hour,
		Role: &idc.Role{AccountID: testidc.Member, Name: "Deploy", Path: "/", ID: "AROAEXAMPLE"}})
	if err != nil {
		t.Fatal(err)
	}
	s.creds = aws.Credentials{AccessKeyID: creds.AccessKeyID, SecretAccessKey: creds.SecretAccessKey, SessionToken: creds.SessionToken}
}

const emptyForm = "Action=GetCallerIdentity&Version=2011-06-15"

// signed returns a signed form request.
func (s *signing) signed(t *testing.T, service string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://gatehouse.test/", strings.NewReader(emptyForm))
	sum := sha256.Sum256([]byte(emptyForm))
	err := v4.NewSigner().SignHTTP(t.Context(), s.creds, r, hex.EncodeToString(sum[:]), service, "us-east-1", s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// presigned returns a presigned GET, as EKS and Vault use it.
func (s *signing) presigned(t *testing.T, service string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://gatehouse.test/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60", nil)
	empty := sha256.Sum256(nil)
	uri, _, err := v4.NewSigner().PresignHTTP(t.Context(), s.creds, r, hex.EncodeToString(empty[:]), service, "us-east-1", s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return httptest.NewRequest(http.MethodGet, uri, nil)
}

func TestSignatures(t *testing.T) {
	s := newSigning(t)
	identity, roles := awssts.GetCallerIdentity.Operation, iam.ListRoles.Operation
	for name, tc := range map[string]struct {
		request *http.Request
		body    string
		op      *awsapi.Operation
		want    idc.Reason // "" for a caller
	}{
		"signed":                      {s.signed(t, "sts"), emptyForm, identity, ""},
		"presigned identity":          {s.presigned(t, "sts"), "", identity, ""},
		"presigned anything else":     {s.presigned(t, "iam"), "", roles, idc.ReasonIncompleteSignature},
		"scope of another service":    {s.signed(t, "iam"), emptyForm, identity, idc.ReasonSignatureMismatch},
		"another body":                {s.signed(t, "sts"), emptyForm + "&x=y", identity, idc.ReasonSignatureMismatch},
		"no signature":                {httptest.NewRequest(http.MethodPost, "http://gatehouse.test/", nil), "", identity, idc.ReasonMissingAuthentication},
		"signature for another place": {moved(s.signed(t, "sts")), emptyForm, identity, idc.ReasonSignatureMismatch},
	} {
		t.Run(name, func(t *testing.T) {
			caller, err := s.auth.Authenticate(t.Context(), tc.request, []byte(tc.body), tc.op)
			if tc.want == "" && (err != nil || caller.SessionName != "ana") {
				t.Errorf("caller %+v, error %v", caller, err)
			}
			if tc.want != "" && (idc.KindOf(err) != idc.Unauthenticated || idc.ReasonOf(err) != tc.want) {
				t.Errorf("error %v, want Unauthenticated with %s", err, tc.want)
			}
		})
	}
}

func moved(r *http.Request) *http.Request {
	r.Host = "elsewhere.test"
	return r
}

// TestKeysOfAnotherNode: a token sealed under a key that another node made a moment ago is accepted, and tokens
// that name keys nobody has do not make us read the database again and again.
func TestKeysOfAnotherNode(t *testing.T) {
	s := newSigning(t)
	other := &authenticator{verifier: s.auth.verifier, clock: s.Clock,
		keys: &keys.Service{Store: s.Store, Provider: s.auth.keys.Provider, Clock: s.Clock, IDs: s.IDs}}
	if err := other.keys.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	other.sts = &sts.Service{Store: s.Store, Clock: s.Clock, IDs: s.IDs, Ring: other.keys.SessionToken}
	s.Clock.Advance(8 * 24 * time.Hour)
	if err := other.keys.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.issue(t, other)
	op := awssts.GetCallerIdentity.Operation
	if _, err := s.auth.Authenticate(t.Context(), s.signed(t, "sts"), []byte(emptyForm), op); err != nil {
		t.Errorf("a token of the other node: %v", err)
	}
	unknown := *s
	unknown.creds.SessionToken = sealed.NewEphemeral().SealString([]byte("{}"), sealed.Token("sts-session"))
	if _, err := s.auth.Authenticate(t.Context(), unknown.signed(t, "sts"), []byte(emptyForm), op); idc.KindOf(err) != idc.Unauthenticated {
		t.Errorf("a token of nobody: %v, want Unauthenticated", err)
	}
}

func TestClientAddresses(t *testing.T) {
	for name, tc := range map[string]struct {
		trusted, peer, forwarded, want string
	}{
		"no proxy":               {"", "192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		"trusted proxy":          {"10.0.0.0/8", "10.1.1.1:5", "203.0.113.9", "203.0.113.9"},
		"forged left of proxy":   {"10.0.0.0/8", "10.1.1.1:5", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		"two trusted proxies":    {"10.0.0.0/8", "10.1.1.1:5", "203.0.113.9, 10.2.2.2", "203.0.113.9"},
		"nonsense in the header": {"10.0.0.0/8", "10.1.1.1:5", "evil", "10.1.1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := &front{cfg: loaded(t, tc.trusted)}
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = tc.peer
			r.Header.Set("X-Forwarded-For", tc.forwarded)
			if got := f.clientIP(r); got != tc.want {
				t.Errorf("client address %s, want %s", got, tc.want)
			}
		})
	}
}

func loaded(t *testing.T, trusted string) *config.Config {
	t.Helper()
	set := map[string]string{}
	if trusted != "" {
		set["trusted_proxies"] = trusted
	}
	cfg, err := config.Load("", nil, set)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
