package cloudtrail_test

import (
	"context"
	"strings"
	"testing"
	"time"

	door "github.com/gatehouse-idc/gatehouse/internal/api/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/pagetoken"
	"github.com/gatehouse-idc/gatehouse/internal/sealed"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// sink is a destination that takes everything.
type sink struct{}

func (sink) Put(context.Context, string, []byte, map[string]string) error { return nil }

func setUpTrails(t *testing.T) (*testidc.World, *trail.Service, *doortest.Client) {
	w := testidc.New(t)
	trails := &trail.Service{Store: w.Store, Clock: w.Clock, IDs: w.IDs, Ring: sealed.NewEphemeral(), Region: "us-east-1",
		ManagementAccountID: testidc.Management, OrganizationID: w.Instance.OrganizationID,
		Buckets: map[string]trail.Bucket{"logs": {Destination: sink{}, Accounts: []string{trail.AnyAccount}}}}
	d := &door.Door{Trails: trails, Pages: pagetoken.Codec{Ring: sealed.NewEphemeral()}}
	return w, trails, doortest.New(t, w.Clock, w.IDs, testidc.Member, d.Operations())
}

const trailARN = "arn:aws:cloudtrail:us-east-1:222222222222:trail/mine"

// TestTheLifeOfATrail as Terraform leads it: create, start, read back, change, stop, delete.
func TestTheLifeOfATrail(t *testing.T) {
	w, _, c := setUpTrails(t)
	name, yes := doortest.P("mine"), doortest.P(true)
	created := doortest.Do(c, cloudtrail.CreateTrail, &cloudtrail.CreateTrailInput{Name: name, S3BucketName: doortest.P("logs"), S3KeyPrefix: doortest.P("x"),
		IsMultiRegionTrail: yes, EnableLogFileValidation: yes, TagsList: []cloudtrail.Tag{{Key: doortest.P("Team"), Value: doortest.P("a")}}})
	if *created.TrailARN != trailARN || !*created.LogFileValidationEnabled || !*created.IncludeGlobalServiceEvents || *created.IsOrganizationTrail {
		t.Errorf("created %+v", created)
	}
	if q := c.Edge.Last(); q.Action != "cloudtrail:CreateTrail" || q.Resources[0] != trailARN || q.Keys["aws:RequestTag/Team"][0] != "a" {
		t.Errorf("asked %+v", q)
	}
	if st := doortest.Do(c, cloudtrail.GetTrailStatus, &cloudtrail.GetTrailStatusInput{Name: name}); *st.IsLogging || st.StartLoggingTime != nil || *st.TimeLoggingStarted != "" {
		t.Errorf("status of a new trail %+v", st)
	}
	doortest.Do(c, cloudtrail.StartLogging, &cloudtrail.StartLoggingInput{Name: doortest.P(trailARN)})
	if st := doortest.Do(c, cloudtrail.GetTrailStatus, &cloudtrail.GetTrailStatusInput{Name: name}); !*st.IsLogging || *st.TimeLoggingStarted != "2026-03-01T12:00:00Z" {
		t.Errorf("status %+v", st)
	}
	w.Clock.Advance(time.Hour)
	doortest.Do(c, cloudtrail.StopLogging, &cloudtrail.StopLoggingInput{Name: name})
	if st := doortest.Do(c, cloudtrail.GetTrailStatus, &cloudtrail.GetTrailStatusInput{Name: name}); *st.IsLogging || *st.TimeLoggingStopped != "2026-03-01T13:00:00Z" {
		t.Errorf("status %+v", st)
	}
	updated := doortest.Do(c, cloudtrail.UpdateTrail, &cloudtrail.UpdateTrailInput{Name: name, S3KeyPrefix: doortest.P(""), EnableLogFileValidation: doortest.P(false)})
	if updated.S3KeyPrefix != nil || *updated.LogFileValidationEnabled || !*updated.IsMultiRegionTrail {
		t.Errorf("updated %+v", updated)
	}
	if got := doortest.Do(c, cloudtrail.GetTrail, &cloudtrail.GetTrailInput{Name: name}).Trail; *got.S3BucketName != "logs" || *got.HomeRegion != "us-east-1" || *got.HasCustomEventSelectors {
		t.Errorf("got %+v", got)
	}
	doortest.Refuse(c, cloudtrail.CreateTrail, &cloudtrail.CreateTrailInput{Name: name, S3BucketName: doortest.P("logs")}, "TrailAlreadyExistsException", "mine")
	doortest.Refuse(c, cloudtrail.CreateTrail, &cloudtrail.CreateTrailInput{Name: doortest.P("other"), S3BucketName: doortest.P("nowhere")}, "S3BucketDoesNotExistException", "nowhere")
	doortest.Refuse(c, cloudtrail.UpdateTrail, &cloudtrail.UpdateTrailInput{Name: name, IsOrganizationTrail: yes}, "NotOrganizationMasterAccountException", "")
	doortest.Do(c, cloudtrail.DeleteTrail, &cloudtrail.DeleteTrailInput{Name: name})
	doortest.Refuse(c, cloudtrail.GetTrail, &cloudtrail.GetTrailInput{Name: name}, "TrailNotFoundException", "Unknown trail: mine for the user: 222222222222")
	doortest.Refuse(c, cloudtrail.StartLogging, &cloudtrail.StartLoggingInput{Name: name}, "TrailNotFoundException", "")
	doortest.Refuse(c, cloudtrail.DeleteTrail, &cloudtrail.DeleteTrailInput{Name: doortest.P("arn:x")}, "CloudTrailARNInvalidException", "")
}

// TestTrailsAreListed: an account's own, and as shadows those of its organization.
func TestTrailsAreListed(t *testing.T) {
	w, trails, c := setUpTrails(t)
	w.Update(func(tx store.Tx) error {
		return tx.PutServiceAccess(&idc.ServiceAccess{ServicePrincipal: "cloudtrail.amazonaws.com", EnabledAt: w.Clock.Now()})
	})
	set := trail.Settings{Bucket: doortest.P("logs")}
	for account, organization := range map[string]bool{testidc.Member: false, testidc.Management: true} {
		set.Organization = &organization
		if _, err := trails.Create(t.Context(), w.Change(), account, "mine", set, nil); err != nil {
			t.Fatal(err)
		}
	}
	listed := doortest.Do(c, cloudtrail.ListTrails, &cloudtrail.ListTrailsInput{})
	if len(listed.Trails) != 2 || *listed.Trails[1].TrailARN != trailARN || listed.NextToken != nil {
		t.Errorf("listed %+v", listed)
	}
	describe := func(in *cloudtrail.DescribeTrailsInput) int {
		return len(doortest.Do(c, cloudtrail.DescribeTrails, in).TrailList)
	}
	if n := describe(&cloudtrail.DescribeTrailsInput{}); n != 2 {
		t.Errorf("%d trails", n)
	}
	if n := describe(&cloudtrail.DescribeTrailsInput{IncludeShadowTrails: doortest.P(false)}); n != 1 {
		t.Errorf("%d trails without shadows", n)
	}
	if n := describe(&cloudtrail.DescribeTrailsInput{TrailNameList: []string{"mine", "missing"}}); n != 1 {
		t.Errorf("%d trails by name", n)
	}
	c.Caller.AccountID = testidc.Management
	if n := describe(&cloudtrail.DescribeTrailsInput{}); n != 1 {
		t.Errorf("the management account sees %d trails", n)
	}
}

// TestEventSelectors are told as they were put, and as the default where none were.
func TestEventSelectors(t *testing.T) {
	_, _, c := setUpTrails(t)
	name := doortest.P("mine")
	doortest.Do(c, cloudtrail.CreateTrail, &cloudtrail.CreateTrailInput{Name: name, S3BucketName: doortest.P("logs")})
	get := func() *cloudtrail.GetEventSelectorsOutput {
		return doortest.Do(c, cloudtrail.GetEventSelectors, &cloudtrail.GetEventSelectorsInput{TrailName: name})
	}
	if got := get(); len(got.EventSelectors) != 1 || *got.EventSelectors[0].ReadWriteType != "All" || !*got.EventSelectors[0].IncludeManagementEvents || got.AdvancedEventSelectors != nil {
		t.Errorf("default %+v", got)
	}
	doortest.Do(c, cloudtrail.PutEventSelectors, &cloudtrail.PutEventSelectorsInput{TrailName: name, EventSelectors: []cloudtrail.EventSelector{{
		ReadWriteType: doortest.P("WriteOnly"), IncludeManagementEvents: doortest.P(false),
		DataResources: []cloudtrail.DataResource{{Type: doortest.P("AWS::S3::Object"), Values: []string{"arn:aws:s3:::b/"}}}}}})
	if got := get().EventSelectors[0]; *got.ReadWriteType != "WriteOnly" || *got.IncludeManagementEvents || got.DataResources[0].Values[0] != "arn:aws:s3:::b/" {
		t.Errorf("basic %+v", got)
	}
	doortest.Do(c, cloudtrail.PutEventSelectors, &cloudtrail.PutEventSelectorsInput{TrailName: name, AdvancedEventSelectors: []cloudtrail.AdvancedEventSelector{{
		Name: doortest.P("all"), FieldSelectors: []cloudtrail.AdvancedFieldSelector{{Field: doortest.P("eventCategory"), Equals: []string{"Management"}}}}}})
	if got := get(); got.EventSelectors != nil || *got.AdvancedEventSelectors[0].Name != "all" || got.AdvancedEventSelectors[0].FieldSelectors[0].Equals[0] != "Management" {
		t.Errorf("advanced %+v", got)
	}
	if got := doortest.Do(c, cloudtrail.GetTrail, &cloudtrail.GetTrailInput{Name: name}); !*got.Trail.HasCustomEventSelectors {
		t.Error("the selectors are not told of the trail")
	}
	doortest.Refuse(c, cloudtrail.PutEventSelectors, &cloudtrail.PutEventSelectorsInput{TrailName: name}, "InvalidEventSelectorsException", "either")
	doortest.Refuse(c, cloudtrail.GetInsightSelectors, &cloudtrail.GetInsightSelectorsInput{TrailName: name}, "InsightNotEnabledException", "does not have Insights enabled")
	doortest.Refuse(c, cloudtrail.GetInsightSelectors, &cloudtrail.GetInsightSelectorsInput{TrailName: doortest.P("none")}, "TrailNotFoundException", "none")
	doortest.Refuse(c, cloudtrail.GetInsightSelectors, &cloudtrail.GetInsightSelectorsInput{}, "InvalidParameterException", "either")
}

// TestTagsOfTrails.
func TestTagsOfTrails(t *testing.T) {
	_, _, c := setUpTrails(t)
	doortest.Do(c, cloudtrail.CreateTrail, &cloudtrail.CreateTrailInput{Name: doortest.P("mine"), S3BucketName: doortest.P("logs")})
	id := doortest.P(trailARN)
	tag := func(key, value string) cloudtrail.Tag { return cloudtrail.Tag{Key: &key, Value: &value} }
	doortest.Do(c, cloudtrail.AddTags, &cloudtrail.AddTagsInput{ResourceId: id, TagsList: []cloudtrail.Tag{tag("a", "1"), tag("b", "2")}})
	doortest.Do(c, cloudtrail.RemoveTags, &cloudtrail.RemoveTagsInput{ResourceId: id, TagsList: []cloudtrail.Tag{{Key: doortest.P("a")}}})
	got := doortest.Do(c, cloudtrail.ListTags, &cloudtrail.ListTagsInput{ResourceIdList: []string{trailARN}}).ResourceTagList
	if len(got) != 1 || len(got[0].TagsList) != 1 || *got[0].TagsList[0].Key != "b" || *got[0].TagsList[0].Value != "2" {
		t.Errorf("tags %+v", got)
	}
	missing := doortest.P(strings.Replace(trailARN, "mine", "none", 1))
	doortest.Refuse(c, cloudtrail.AddTags, &cloudtrail.AddTagsInput{ResourceId: missing, TagsList: []cloudtrail.Tag{tag("a", "1")}}, "ResourceNotFoundException", "")
	doortest.Refuse(c, cloudtrail.AddTags, &cloudtrail.AddTagsInput{ResourceId: id, TagsList: []cloudtrail.Tag{tag("aws:a", "1")}}, "InvalidTagParameterException", "reserved")
	doortest.Refuse(c, cloudtrail.ListTags, &cloudtrail.ListTagsInput{ResourceIdList: []string{"mine"}}, "CloudTrailARNInvalidException", "mine")
	var many []cloudtrail.Tag
	for i := range 51 {
		many = append(many, tag(strings.Repeat("k", i+1), "v"))
	}
	doortest.Refuse(c, cloudtrail.AddTags, &cloudtrail.AddTagsInput{ResourceId: id, TagsList: many[:50]}, "TagsLimitExceededException", "50")
}

// TestPublicKeysAreListed for the time asked for.
func TestPublicKeysAreListed(t *testing.T) {
	w, _, c := setUpTrails(t)
	now := w.Clock.Now()
	if got := doortest.Do(c, cloudtrail.ListPublicKeys, &cloudtrail.ListPublicKeysInput{}); len(got.PublicKeyList) != 0 {
		t.Errorf("keys %+v", got)
	}
	doortest.Refuse(c, cloudtrail.ListPublicKeys, &cloudtrail.ListPublicKeysInput{StartTime: &now, EndTime: doortest.P(now.Add(-time.Hour))}, "InvalidTimeRangeException", "")
	doortest.Refuse(c, cloudtrail.ListPublicKeys, &cloudtrail.ListPublicKeysInput{NextToken: doortest.P("x")}, "InvalidTokenException", "")
}
