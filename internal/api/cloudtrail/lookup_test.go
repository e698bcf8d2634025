package cloudtrail_test

import (
	"fmt"
	"testing"
	"time"

	door "github.com/gatehouse-idc/gatehouse/internal/api/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
)

// TestATokenBelongsToItsQuery: with other attributes or times it is refused.
func TestATokenBelongsToItsQuery(t *testing.T) {
	w, trail, c := setUp(t)
	for range 3 {
		record(t, w, trail, "CreateRole", testidc.Member)
	}
	one := doortest.P(int32(1))
	first := doortest.Do(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{MaxResults: one})
	for _, in := range []*cloudtrail.LookupEventsInput{
		{LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: doortest.P("EventName"), AttributeValue: doortest.P("CreateRole")}}},
		{StartTime: doortest.P(w.Clock.Now().Add(-time.Hour))}, {EndTime: doortest.P(w.Clock.Now())}, {EventCategory: doortest.P("insight")},
	} {
		in.NextToken = first.NextToken
		doortest.Refuse(c, cloudtrail.LookupEvents, in, "InvalidNextTokenException", "NextToken")
	}
	c.Caller.AccountID = testidc.Management
	doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{NextToken: first.NextToken}, "InvalidNextTokenException", "NextToken")
}

// TestThereAreNoInsights, and asking for them is no error.
func TestThereAreNoInsights(t *testing.T) {
	w, trail, c := setUp(t)
	record(t, w, trail, "CreateRole", testidc.Member)
	out := doortest.Do(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{EventCategory: doortest.P("insight")})
	if len(out.Events) != 0 || out.NextToken != nil {
		t.Errorf("insights: %+v", out)
	}
}

func setUp(t *testing.T) (*testidc.World, *audit.Service, *doortest.Client) {
	w := testidc.New(t)
	trail := &audit.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Region: "us-east-1", ManagementAccountID: testidc.Management}
	d := &door.Door{Audit: trail, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	return w, trail, doortest.New(t, w.Clock, w.IDs, testidc.Member, d.Operations())
}

func record(t *testing.T, w *testidc.World, trail *audit.Service, name, account string) {
	t.Helper()
	w.Clock.Advance(time.Second)
	err := trail.Record(t.Context(), audit.Call{Time: w.Clock.Now(), RequestID: w.IDs.UUID(), Name: name, Source: "iam.amazonaws.com",
		Caller: idc.Caller{Type: idc.CallerAssumedRole, AccountID: account, SessionName: "ana", AccessKeyID: "ASIA1"}, RecipientAccountID: account})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAnAccountSeesItsOwnEvents, newest first, page by page, while new ones arrive.
func TestAnAccountSeesItsOwnEvents(t *testing.T) {
	w, trail, c := setUp(t)
	for i := range 5 {
		record(t, w, trail, fmt.Sprintf("Mine%d", i), testidc.Member)
		record(t, w, trail, "Theirs", testidc.Management)
	}
	var names []string
	in := &cloudtrail.LookupEventsInput{MaxResults: doortest.P(int32(2))}
	for range 10 {
		out := doortest.Do(c, cloudtrail.LookupEvents, in)
		for _, e := range out.Events {
			names = append(names, *e.EventName)
		}
		record(t, w, trail, "Later", testidc.Member)
		if in.NextToken = out.NextToken; out.NextToken == nil {
			break
		}
	}
	if got := fmt.Sprint(names); got != "[Mine4 Mine3 Mine2 Mine1 Mine0]" {
		t.Errorf("events %s", got)
	}
}

func TestLookupAttributes(t *testing.T) {
	w, trail, c := setUp(t)
	record(t, w, trail, "CreateRole", testidc.Member)
	record(t, w, trail, "DeleteRole", testidc.Member)
	for key, value := range map[string]string{"EventName": "CreateRole", "Username": "ana", "AccessKeyId": "ASIA1",
		"EventSource": "iam.amazonaws.com", "ReadOnly": "false"} {
		out := doortest.Do(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{
			LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: &key, AttributeValue: &value}}})
		want := 2
		if key == "EventName" {
			want = 1
		}
		if len(out.Events) != want {
			t.Errorf("%s=%s: %d events, want %d", key, value, len(out.Events), want)
		}
	}
	none := "NoSuchEvent"
	out := doortest.Do(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{
		LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: doortest.P("EventName"), AttributeValue: &none}}})
	if len(out.Events) != 0 {
		t.Errorf("an unknown name finds %d events", len(out.Events))
	}
}

func TestLookupRefusals(t *testing.T) {
	w, _, c := setUp(t)
	attribute := cloudtrail.LookupAttribute{AttributeKey: doortest.P("EventName"), AttributeValue: doortest.P("x")}
	doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{LookupAttributes: []cloudtrail.LookupAttribute{attribute, attribute}},
		"InvalidLookupAttributesException", "only one")
	doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{
		StartTime: doortest.P(w.Clock.Now()), EndTime: doortest.P(w.Clock.Now().Add(-time.Hour))}, "InvalidTimeRangeException", "before")
	doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{NextToken: doortest.P("made-up")}, "InvalidNextTokenException", "NextToken")
	doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{EventCategory: doortest.P("data")}, "InvalidEventCategoryException", "")
	doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{MaxResults: doortest.P(int32(51))}, "InvalidMaxResultsException", "")
	for key, value := range map[string]string{"ReadOnly": "maybe", "Colour": "red"} {
		doortest.Refuse(c, cloudtrail.LookupEvents, &cloudtrail.LookupEventsInput{
			LookupAttributes: []cloudtrail.LookupAttribute{{AttributeKey: &key, AttributeValue: &value}}}, "InvalidLookupAttributesException", "")
	}
}
