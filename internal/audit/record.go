package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Event types of CloudTrail records.
const (
	// TypeAPICall is a call of a public operation.
	TypeAPICall = "AwsApiCall"
	// TypeServiceEvent is an event of the service itself: portal calls and sign-in.
	TypeServiceEvent = "AwsServiceEvent"
)

// Hidden replaces a sensitive value, as CloudTrail writes it.
const Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"

// Call is what a front door knows of a finished call. The four maps are
// redacted already and become JSON as they are.
type Call struct {
	Time      time.Time
	RequestID string
	Name      string // eventName
	Source    string // eventSource, such as "sso.amazonaws.com"
	Type      string // TypeAPICall or TypeServiceEvent
	ReadOnly  bool
	Data      bool // it is about what is in a resource, such as an object: a data event
	Caller    idc.Caller
	Region    string
	ClientIP  string
	UserAgent string
	Host      string

	RequestParameters   any
	ResponseElements    any
	AdditionalEventData map[string]string
	ServiceEventDetails map[string]string

	ErrorCode    string
	ErrorMessage string
	Resources    []idc.EventResource
	// RecipientAccountID is whose trail shows the event; "" is the management account.
	RecipientAccountID string
}

// record is the JSON form, in CloudTrail's member order.
type record struct {
	EventVersion        string            `json:"eventVersion"`
	UserIdentity        identity          `json:"userIdentity"`
	EventTime           string            `json:"eventTime"`
	EventSource         string            `json:"eventSource"`
	EventName           string            `json:"eventName"`
	AWSRegion           string            `json:"awsRegion"`
	SourceIPAddress     string            `json:"sourceIPAddress"`
	UserAgent           string            `json:"userAgent"`
	ErrorCode           string            `json:"errorCode,omitempty"`
	ErrorMessage        string            `json:"errorMessage,omitempty"`
	RequestParameters   any               `json:"requestParameters"`
	ResponseElements    any               `json:"responseElements"`
	AdditionalEventData map[string]string `json:"additionalEventData,omitempty"`
	RequestID           string            `json:"requestID"`
	EventID             string            `json:"eventID"`
	ReadOnly            bool              `json:"readOnly"`
	Resources           []recordResource  `json:"resources,omitempty"`
	EventType           string            `json:"eventType"`
	ManagementEvent     bool              `json:"managementEvent"`
	RecipientAccountID  string            `json:"recipientAccountId"`
	ServiceEventDetails map[string]string `json:"serviceEventDetails,omitempty"`
	EventCategory       string            `json:"eventCategory"`
	TLSDetails          *tlsDetails       `json:"tlsDetails,omitempty"`
}

type recordResource struct {
	ARN  string `json:"ARN"`
	Type string `json:"type"`
}

type tlsDetails struct {
	ClientProvidedHostHeader string `json:"clientProvidedHostHeader"`
}

// maxText bounds what a caller can put into one member of a record.
const maxText = 2048

// clean replaces what a database column cannot hold (a NUL, broken UTF-8) and
// cuts what is too long. Such text comes from callers, and a call that was
// refused for it must still be recorded.
func (c *Call) clean() {
	for _, text := range []*string{&c.Name, &c.Source, &c.ClientIP, &c.UserAgent, &c.Host, &c.ErrorCode, &c.ErrorMessage,
		&c.Caller.SessionName, &c.Caller.AccessKeyID, &c.RequestID} {
		*text = cleanText(*text)
	}
	resources := make([]idc.EventResource, len(c.Resources))
	for i, r := range c.Resources {
		resources[i] = idc.EventResource{Type: r.Type, Name: cleanText(r.Name)}
	}
	c.Resources = resources
}

func cleanText(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// event turns a call into a row of the trail.
func (s *Service) event(c Call) (*idc.AuditEvent, error) {
	if c.RecipientAccountID == "" {
		c.RecipientAccountID = s.ManagementAccountID
	}
	if c.Region == "" {
		c.Region = s.Region
	}
	if c.Type == "" {
		c.Type = TypeAPICall
	}
	c.clean()
	id := s.IDs.OrderedUUID(c.Time) // the trail is long, and events that are written together belong together
	rec := record{
		EventVersion: "1.11", UserIdentity: s.identity(c.Caller),
		EventTime:   c.Time.UTC().Format("2006-01-02T15:04:05Z"),
		EventSource: c.Source, EventName: c.Name, AWSRegion: c.Region,
		SourceIPAddress: c.ClientIP, UserAgent: c.UserAgent,
		ErrorCode: c.ErrorCode, ErrorMessage: c.ErrorMessage,
		RequestParameters: c.RequestParameters, ResponseElements: c.ResponseElements,
		AdditionalEventData: c.AdditionalEventData, ServiceEventDetails: c.ServiceEventDetails,
		RequestID: c.RequestID, EventID: id, ReadOnly: c.ReadOnly, EventType: c.Type,
		ManagementEvent: true, RecipientAccountID: c.RecipientAccountID, EventCategory: "Management",
	}
	if c.Data {
		rec.ManagementEvent, rec.EventCategory = false, "Data"
	}
	if c.Host != "" {
		rec.TLSDetails = &tlsDetails{ClientProvidedHostHeader: c.Host}
	}
	for _, r := range c.Resources {
		rec.Resources = append(rec.Resources, recordResource{ARN: r.Name, Type: r.Type})
	}
	body, err := json.Marshal(rec)
	if err != nil {
		return nil, fmt.Errorf("audit: encode record of %s: %w", c.Name, err)
	}
	return &idc.AuditEvent{
		ID: id, Time: c.Time, Name: c.Name, Source: c.Source, ReadOnly: c.ReadOnly,
		AccountID: c.RecipientAccountID, UserName: lookupName(c.Caller), AccessKeyID: c.Caller.AccessKeyID,
		ErrorCode: c.ErrorCode, RequestID: c.RequestID, Resources: c.Resources, Record: string(body),
	}, nil
}
