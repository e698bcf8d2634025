package protocoltest

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsjson"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/awsquery"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/fault"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge/restjson"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// reasons are those of the vocabulary and of the edge.
func reasons() []idc.Reason {
	return []idc.Reason{"", idc.ReasonAuthorizationPending, idc.ReasonSlowDown, idc.ReasonAccessDeniedByUser, idc.ReasonInvalidClient,
		idc.ReasonInvalidGrant, idc.ReasonInvalidScope, idc.ReasonInvalidRedirectURI, idc.ReasonInvalidMetadata, idc.ReasonUnauthorizedClient,
		idc.ReasonUnsupportedGrantType, idc.ReasonBadCredentials, idc.ReasonBadCode, idc.ReasonLockedOut, idc.ReasonMissingAuthentication,
		idc.ReasonIncompleteSignature, idc.ReasonSignatureMismatch, idc.ReasonInvalidAccessKey, idc.ReasonRequestExpired, idc.ReasonMalformedPolicy,
		idc.ReasonUnmodifiable, idc.ReasonDeleteConflict, idc.ReasonPolicyTooLarge, idc.ReasonNotAttachable, idc.ReasonAlreadyExists,
		idc.ReasonConcurrentChange, idc.ReasonUniqueness, idc.ReasonInvalidPageToken, idc.ReasonNotEmpty, idc.ReasonWrongParent,
		idc.ReasonRootCannotAssume, idc.ReasonChainedDuration, idc.ReasonMaxSessionExceeds,
		fault.Serialization, fault.UnknownOperation, fault.MissingAction, fault.MalformedQuery, fault.MalformedInput, fault.TooLarge, fault.MethodNotAllowed}
}

// TestEveryKindHasAForm crosses every kind and reason of error with every
// operation of every service: each must have a name, a status that fits, and a
// body that a client of the protocol can read.
func TestEveryKindHasAForm(t *testing.T) {
	for _, s := range awsedge.Services() {
		for _, k := range idc.AllKinds() {
			for _, r := range reasons() {
				seen := map[string]bool{}
				for i := range s.Operations {
					op := &s.Operations[i]
					// Operations that model the same exceptions answer alike.
					like := fmt.Sprint(op.Errors, op.Auth)
					if seen[like] {
						continue
					}
					seen[like] = true
					err := &idc.Error{Kind: k, Reason: r, Resource: "Account", ID: "1", Message: "a <public> \"text\"", Err: errors.New("private")}
					for _, f := range []fault.Fault{fault.Of(s.Service, op, "req", err), fault.OfAuthentication(s.Service, op, "req", err)} {
						if problem := checkFault(s, k, f); problem != "" {
							t.Fatalf("%s %s, %v/%s: %s in %+v", s.Name, op.Name, k, r, problem, f)
						}
					}
				}
				if f := fault.Of(s.Service, nil, "req", &idc.Error{Kind: k, Reason: r}); f.Code == "" || f.Status < 400 {
					t.Fatalf("%s without an operation, %v/%s: %+v", s.Name, k, r, f)
				}
			}
		}
	}
	if f := fault.Of(nil, nil, "req", &idc.Error{Kind: idc.Invalid, Reason: fault.UnknownOperation}); f.Code != "UnknownOperationException" || f.Status != 400 {
		t.Errorf("without even a service: %+v", f)
	}
}

func checkFault(s awsedge.ServiceModel, k idc.Kind, f fault.Fault) string {
	switch {
	case f.Code == "" || f.Message == "":
		return "no code or message"
	case f.Status < 400 || f.Status > 599:
		return "a status that is no failure"
	case k == idc.NotImplemented && f.Shape != nil:
		return "a modelled exception for what is not implemented"
	case f.Shape != nil && f.Shape.Error == nil:
		return "a shape that is no exception"
	}
	var body []byte
	switch s.Protocol {
	case awsapi.Query:
		body = awsquery.EncodeFault(s.Service, f)
		var outer struct {
			XMLName   xml.Name
			Type      string `xml:"Error>Type"`
			Code      string `xml:"Error>Code"`
			Message   string `xml:"Error>Message"`
			RequestID string `xml:"RequestId"`
		}
		if err := xml.Unmarshal(body, &outer); err != nil {
			return err.Error()
		}
		if outer.XMLName.Space != s.Namespace || outer.Code != f.Code || outer.Message != f.Message || outer.RequestID != "req" ||
			!slices.Contains([]string{"Sender", "Receiver"}, outer.Type) {
			return "the XML " + string(body)
		}
		return ""
	case awsapi.RestJSON:
		body = restjson.EncodeFault(s.Service, f)
	default:
		body = awsjson.EncodeFault(f)
	}
	return checkJSONFault(s, f, body)
}

func checkJSONFault(s awsedge.ServiceModel, f fault.Fault, body []byte) string {
	fields, err := objectOf(body)
	if err != nil {
		return err.Error()
	}
	if s.Name == "sso-oidc" {
		if fields["error"] == "" || fields["error_description"] != f.Message {
			return "the JSON " + string(body)
		}
		return ""
	}
	typ := f.Code
	if s.ErrorNamespace != "" {
		typ = s.ErrorNamespace + "#" + f.Code
	}
	message := fields["message"]
	if message == nil {
		message = fields["Message"]
	}
	if fields["__type"] != typ || message != f.Message {
		return "the JSON " + string(body)
	}
	return ""
}

func objectOf(body []byte) (map[string]any, error) {
	var fields map[string]any
	err := json.Unmarshal(body, &fields)
	return fields, err
}
