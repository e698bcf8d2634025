package federation

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/gatehouse-idc/gatehouse/internal/arn"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/sts"
)

// Path begins the addresses that this door answers.
const Path = "/outbound/"

// Door publishes what verifies the tokens of accounts.
type Door struct {
	STS *sts.Service
	Log *slog.Logger
	// Admit refuses an address that asks too often. nil admits.
	Admit func(ctx context.Context) error
}

// Handler serves everything below Path.
func (d *Door) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{account}/.well-known/openid-configuration", d.serve(func(of *sts.Discovery) any {
		return metadata{
			Issuer: of.Issuer, JWKSURI: of.Issuer + "/.well-known/jwks.json", ResponseTypes: []string{"id_token"}, SubjectTypes: []string{"public"},
			Algorithms: []string{"RS256", "ES384"}, Claims: []string{"iss", "sub", "aud", "exp", "iat", "jti", "https://sts.amazonaws.com/"},
		}
	}))
	mux.HandleFunc("GET "+Path+"{account}/.well-known/jwks.json", d.serve(func(of *sts.Discovery) any { return of.Keys }))
	return mux
}

// metadata is the discovery document (OpenID Connect Discovery 1.0 section 3). There is no authorization endpoint:
// nobody signs in here.
type metadata struct {
	Issuer        string   `json:"issuer"`
	JWKSURI       string   `json:"jwks_uri"`
	ResponseTypes []string `json:"response_types_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Claims        []string `json:"claims_supported"`
}

func (d *Door) serve(document func(*sts.Discovery) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if d.Admit != nil && d.Admit(r.Context()) != nil {
			http.Error(w, "Too many requests from your network address.", http.StatusTooManyRequests)
			return
		}
		account := r.PathValue("account")
		if !arn.IsAccountID(account) {
			http.NotFound(w, r)
			return
		}
		found, err := d.STS.Discovery(r.Context(), account)
		if idc.IsNotFound(err) {
			http.NotFound(w, r)
			return
		}
		var body []byte
		if err == nil {
			body, err = json.Marshal(document(found))
		}
		if err != nil {
			d.Log.Error("outbound federation", "path", r.URL.Path, "error", err)
			http.Error(w, "The keys cannot be read now.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if _, err := w.Write(body); err != nil {
			d.Log.Debug("outbound federation", "path", r.URL.Path, "error", err) // the reader has gone away
		}
	}
}
