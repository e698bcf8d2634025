package fetch_test

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/oidc/fetch"
)

// answer serves good documents and bad ones.
func answer(w http.ResponseWriter, r *http.Request) {
	body := "document"
	switch r.URL.Path {
	case "/moved":
		http.Redirect(w, r, "/document", http.StatusFound)
		return
	case "/missing":
		w.WriteHeader(http.StatusNotFound)
	case "/empty":
		w.WriteHeader(http.StatusNoContent)
		return
	case "/large":
		body = strings.Repeat("x", fetch.MaxSize+1)
	}
	if _, err := w.Write([]byte(body)); err != nil {
		return // the reader has enough
	}
}

func TestFetch(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(answer))
	defer plain.Close()
	tls := httptest.NewTLSServer(http.HandlerFunc(answer))
	defer tls.Close()
	roots := x509.NewCertPool()
	roots.AddCert(tls.Certificate())
	trusting, stranger := fetch.New(roots), fetch.New(nil)

	for name, tc := range map[string]struct {
		client  *fetch.Client
		address string
		local   bool
		want    string // part of the error; "" for success
	}{
		"https":                       {trusting, tls.URL + "/document", true, ""},
		"http on this machine":        {trusting, plain.URL + "/document", true, ""},
		"unknown authority":           {stranger, tls.URL + "/document", true, "certificate"},
		"http elsewhere":              {trusting, "http://idp.example.com/document", true, "not an https address"},
		"this machine, named by it":   {trusting, tls.URL + "/document", false, "may not be read"},
		"http here, named by it":      {trusting, plain.URL + "/document", false, "not an https address"},
		"private, named by it":        {trusting, "https://10.0.0.1/document", false, "may not be read"},
		"carrier, named by it":        {trusting, "https://100.64.0.1/document", false, "may not be read"},
		"mapped private":              {trusting, "https://[::ffff:10.0.0.1]/document", false, "may not be read"},
		"private, through NAT64":      {trusting, "https://[64:ff9b::10.0.0.1]/document", false, "may not be read"},
		"credentials, through NAT64":  {trusting, "https://[64:ff9b::169.254.169.254]/document", true, "may not be read"},
		"private, through 6to4":       {trusting, "https://[2002:0a00:0001::1]/document", false, "may not be read"},
		"this network, named by it":   {trusting, "https://0.0.0.1/document", false, "may not be read"},
		"machine credentials":         {trusting, "https://169.254.169.254/document", true, "may not be read"},
		"unspecified":                 {trusting, "https://0.0.0.0/document", true, "may not be read"},
		"a redirect":                  {trusting, tls.URL + "/moved", true, "it redirects"},
		"a missing document":          {trusting, tls.URL + "/missing", true, "404"},
		"no document":                 {trusting, tls.URL + "/empty", true, "204"},
		"a large document":            {trusting, tls.URL + "/large", true, "more than"},
		"a file":                      {trusting, "file:///etc/passwd", true, "no address"},
		"another scheme":              {trusting, "ftp://idp.example.com/document", true, "not an https address"},
		"a password in it":            {trusting, "https://me:secret@idp.example.com/document", true, "no address"},
		"no address":                  {trusting, "", true, "no address"},
		"no address that can be read": {trusting, "https://[::1", true, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := tc.client.Fetch(t.Context(), tc.address, tc.local)
			switch {
			case tc.want == "" && (err != nil || string(body) != "document"):
				t.Errorf("Fetch = %q, %v", body, err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)):
				t.Errorf("error = %v, want one that says %q", err, tc.want)
			}
		})
	}
}
