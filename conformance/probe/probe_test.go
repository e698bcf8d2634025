package probe_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
	"github.com/gatehouse-idc/gatehouse/conformance/probe"
	"github.com/gatehouse-idc/gatehouse/conformance/wire"
)

// asked runs the probes of an operation against a server.
func asked(t *testing.T, service, operation string, h http.HandlerFunc) probe.Report {
	t.Helper()
	services, err := model.Load("../../models")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(services, func(s *model.Service) bool { return s.Name == service })
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	r := &probe.Runner{
		Client:      &wire.Client{Endpoint: s.URL, Region: "us-east-1", Now: time.Now, HTTP: s.Client()},
		Credentials: aws.Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "secret"}, Service: services[at],
		World: probe.World{InstanceARN: "arn:aws:sso:::instance/ssoins-1234567890abcdef", IdentityStoreID: "d-1234567890", Account: "111111111111", Region: "us-east-1"},
	}
	out, err := r.Run(t.Context(), operation)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Results) == 0 {
		t.Fatalf("%s %s is asked nothing", service, operation)
	}
	return out
}

// answering is a server that answers everything alike.
func answering(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Requestid", "11111111-2222-4333-8444-555555555555")
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// TestKinds shows that every kind of rule that CreatePermissionSet's model has is asked about.
func TestKinds(t *testing.T) {
	report := asked(t, "sso-admin", "CreatePermissionSet", answering(http.StatusOK, "{}"))
	for _, want := range []string{"missing InstanceArn", "missing Name", "missing Tags.Key", "too long Name", "too short Name", "pattern Name",
		"pattern InstanceArn", "type Tags", "type Tags.Key", "too long Tags", "too long Tags.Value", "type SessionDuration", "unknown where it is"} {
		if !slices.ContainsFunc(report.Results, func(r probe.Result) bool { return string(r.Kind)+" "+r.Member == want }) {
			t.Errorf("nothing asks about %q", want)
		}
	}
}

// TestServersThatConformToNothing shows that the suite can fail: no probe of a rule passes at a server that accepts
// everything, fails at everything, refuses for no named reason, or with an error that AWS does not have.
func TestServersThatConformToNothing(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"accepts":        answering(http.StatusOK, "{}"),
		"fails":          answering(http.StatusInternalServerError, `{"__type":"InternalServerException","Message":"x"}`),
		"says nothing":   answering(http.StatusBadRequest, `{"__type":"ValidationException","Message":"No."}`),
		"is of its own":  answering(http.StatusBadRequest, `{"__type":"TeapotException","Message":"x"}`),
		"has no name":    answering(http.StatusBadRequest, `{"Message":"x"}`),
		"is not its own": answering(http.StatusBadRequest, `<html>`),
		"is 404":         answering(http.StatusNotFound, `{"__type":"ValidationException","Message":"1 validation error detected: Value at 'name'"}`),
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range asked(t, "sso-admin", "CreatePermissionSet", h).Results {
				if r.Passed {
					t.Errorf("%s %s passes", r.Kind, r.Member)
				}
				if r.Why == "" {
					t.Errorf("%s %s fails without saying why", r.Kind, r.Member)
				}
			}
		})
	}
}

// TestNotImplemented shows that an operation that is not there is asked once and counted whole.
func TestNotImplemented(t *testing.T) {
	calls := 0
	report := asked(t, "sso-admin", "CreatePermissionSet", func(w http.ResponseWriter, r *http.Request) {
		calls++
		answering(http.StatusNotImplemented, `{"__type":"NotImplementedException","message":"x"}`)(w, r)
	})
	if !report.NotImplemented || calls != 1 || len(report.Results) < 20 {
		t.Errorf("not implemented %v after %d calls, %d results", report.NotImplemented, calls, len(report.Results))
	}
}

// TestPages shows that lists are walked: pages that repeat, that never end, that are larger than asked for.
func TestPages(t *testing.T) {
	const arn = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-000000000000000"
	for name, answer := range map[string]string{
		"repeats":       `{"PermissionSets":["` + arn + `1","` + arn + `1"]}`,
		"never ends":    `{"PermissionSets":["` + arn + `1"],"NextToken":"again"}`,
		"is too large":  `{"PermissionSets":["` + arn + `1","` + arn + `2"]}`,
		"is of numbers": `{"PermissionSets":[1]}`,
	} {
		t.Run(name, func(t *testing.T) {
			report := asked(t, "sso-admin", "ListPermissionSets", answering(http.StatusOK, answer))
			bad := slices.ContainsFunc(report.Results, func(r probe.Result) bool { return !r.Passed && (r.Kind == probe.Pages || r.Kind == probe.Read) })
			if !bad {
				t.Error("nothing says so")
			}
		})
	}
}

// TestWellBehaved shows that a server can pass: one that refuses in AWS's words what AWS refuses.
func TestWellBehaved(t *testing.T) {
	report := asked(t, "sso-admin", "DeletePermissionSet", func(w http.ResponseWriter, r *http.Request) {
		var in map[string]any
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		answer := `{"__type":"ResourceNotFoundException","Message":"There is no such permission set."}`
		for member, pattern := range map[string]string{
			"InstanceArn":      `^arn:[a-z-]+:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}$`,
			"PermissionSetArn": `^arn:[a-z-]+:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16}$`,
		} {
			text, isText := in[member].(string)
			switch {
			case in[member] != nil && !isText:
				answer = `{"__type":"SerializationException","message":"START_OBJECT can not be converted to a String"}`
			case !regexp.MustCompile(pattern).MatchString(text):
				answer = fmt.Sprintf(`{"__type":"ValidationException","Message":"1 validation error detected: Value at '%s' failed to satisfy constraint: x"}`,
					strings.ToLower(member[:1])+member[1:])
			}
		}
		answering(http.StatusBadRequest, answer)(w, r)
	})
	for _, r := range report.Results {
		if !r.Passed {
			t.Errorf("%s %s: %s", r.Kind, r.Member, r.Why)
		}
	}
}
