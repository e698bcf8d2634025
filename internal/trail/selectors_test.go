package trail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/audit"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/testidc"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

// field is a condition of an advanced selector.
func field(name string, edit func(f *idc.AdvancedFieldSelector)) idc.AdvancedFieldSelector {
	f := idc.AdvancedFieldSelector{Field: name}
	edit(&f)
	return f
}

func equals(name string, values ...string) idc.AdvancedFieldSelector {
	return field(name, func(f *idc.AdvancedFieldSelector) { f.Equals = values })
}

func advanced(fields ...idc.AdvancedFieldSelector) []idc.AdvancedEventSelector {
	return []idc.AdvancedEventSelector{{Name: "x", Fields: fields}}
}

// TestSelectorsDecideWhatIsDelivered, out of four management events and three of data.
func TestSelectorsDecideWhatIsDelivered(t *testing.T) {
	data := func(sel idc.EventSelector) []idc.EventSelector { return []idc.EventSelector{sel} }
	management, dataOnly := equals("eventCategory", "Management"), equals("eventCategory", "Data")
	object := equals("resources.type", "AWS::S3::Object")
	for name, c := range map[string]struct {
		basic    []idc.EventSelector
		advanced []idc.AdvancedEventSelector
		edit     func(*trail.Settings)
		want     string
	}{
		"default":           {want: "Read Write Key Role"},
		"reads":             {basic: data(idc.EventSelector{ReadWriteType: "ReadOnly"}), want: "Read"},
		"writes":            {basic: data(idc.EventSelector{ReadWriteType: "WriteOnly"}), want: "Write Key Role"},
		"without a source":  {basic: data(idc.EventSelector{ReadWriteType: "All", ExcludeManagementSources: []string{"kms.amazonaws.com"}}), want: "Read Write Role"},
		"without global":    {edit: func(s *trail.Settings) { s.MultiRegion, s.GlobalServiceEvents = p(false), p(false) }, want: "Read Write Key"},
		"objects of bucket": {basic: data(idc.EventSelector{ReadWriteType: "All", ExcludeManagement: true, DataResources: []idc.TrailDataResource{{Type: "AWS::S3::Object", Values: []string{"arn:aws:s3:::a/"}}}}), want: "GetA PutA"},
		"reads of objects":  {basic: data(idc.EventSelector{ReadWriteType: "ReadOnly", DataResources: []idc.TrailDataResource{{Type: "AWS::S3::Object", Values: []string{"arn:aws:s3"}}}}), want: "Read GetA GetB"},

		"advanced management": {advanced: advanced(management), want: "Read Write Key Role"},
		"advanced data":       {advanced: advanced(dataOnly, object), want: "GetA PutA GetB"},
		"by name": {advanced: advanced(dataOnly, object, field("eventName", func(f *idc.AdvancedFieldSelector) {
			f.StartsWith, f.NotEndsWith = []string{"Get"}, []string{"B"}
		})), want: "GetA"},
		"any that selects": {advanced: advanced(dataOnly, object, field("eventName", func(f *idc.AdvancedFieldSelector) {
			f.Equals, f.EndsWith = []string{"PutA"}, []string{"B"}
		})), want: "PutA GetB"},
		"by resource": {advanced: advanced(dataOnly, object, field("resources.ARN", func(f *idc.AdvancedFieldSelector) {
			f.NotStartsWith = []string{"arn:aws:s3:::b/"}
		})), want: "GetA PutA"},
		"by source":   {advanced: advanced(management, field("eventSource", func(f *idc.AdvancedFieldSelector) { f.NotEquals = []string{"kms.amazonaws.com"} })), want: "Read Write Role"},
		"read only":   {advanced: advanced(management, equals("readOnly", "true")), want: "Read"},
		"by identity": {advanced: advanced(management, field("userIdentity.arn", func(f *idc.AdvancedFieldSelector) { f.EndsWith = []string{"/ana"} })), want: "Write"},
		"of both": {advanced: append(advanced(management, equals("readOnly", "true")), advanced(dataOnly, object, equals("readOnly", "false"))...),
			want: "Read PutA"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.create(testidc.Member, "mine", c.edit)
			if len(c.basic)+len(c.advanced) > 0 {
				if _, err := w.trails.PutSelectors(t.Context(), w.Change(), testidc.Member, "mine", c.basic, c.advanced); err != nil {
					t.Fatal(err)
				}
			}
			w.start(testidc.Member, "mine")
			w.samples()
			w.wait(6 * time.Minute)
			if got := w.delivered(w.open); got != c.want {
				t.Errorf("delivered %q, want %q", got, c.want)
			}
		})
	}
}

// samples records an event of each kind.
func (w *world) samples() {
	call := func(name, source string, readOnly bool, caller idc.Caller, object string) {
		c := audit.Call{Name: name, Source: source, ReadOnly: readOnly, Caller: caller, RecipientAccountID: testidc.Member}
		if object != "" {
			c.Data, c.Resources = true, []idc.EventResource{{Type: "AWS::S3::Bucket", Name: "arn:aws:s3:::x"}, {Type: "AWS::S3::Object", Name: object}}
		}
		w.call(c)
	}
	nobody, ana := idc.Caller{}, idc.Caller{Type: idc.CallerAssumedRole, ARN: "arn:aws:sts::222222222222:assumed-role/Admin/ana"}
	call("Read", "sso.amazonaws.com", true, nobody, "")
	call("Write", "sso.amazonaws.com", false, ana, "")
	call("Key", "kms.amazonaws.com", false, nobody, "")
	call("Role", "iam.amazonaws.com", false, nobody, "")
	call("GetA", "s3.amazonaws.com", true, nobody, "arn:aws:s3:::a/1")
	call("PutA", "s3.amazonaws.com", false, nobody, "arn:aws:s3:::a/1")
	call("GetB", "s3.amazonaws.com", true, nobody, "arn:aws:s3:::b/1")
}

func TestSelectorsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	w.create(testidc.Member, "mine", nil)
	basic := func(sel idc.EventSelector) []idc.EventSelector { return []idc.EventSelector{sel} }
	management := equals("eventCategory", "Management")
	many := make([]string, 501)
	for name, c := range map[string]struct {
		basic    []idc.EventSelector
		advanced []idc.AdvancedEventSelector
		words    string
	}{
		"none":             {words: "either EventSelectors or AdvancedEventSelectors"},
		"both":             {basic: trail.DefaultSelectors(), advanced: advanced(management), words: "not both"},
		"six":              {basic: make([]idc.EventSelector, 6), words: "at most 5"},
		"nothing":          {basic: basic(idc.EventSelector{ExcludeManagement: true}), words: "must include management events"},
		"another source":   {basic: basic(idc.EventSelector{ExcludeManagementSources: []string{"sso.amazonaws.com"}}), words: "sso.amazonaws.com is not supported"},
		"type":             {basic: basic(idc.EventSelector{DataResources: []idc.TrailDataResource{{Type: "AWS::SQS::Queue", Values: []string{"arn:x"}}}}), words: "AWS::SQS::Queue"},
		"value":            {basic: basic(idc.EventSelector{DataResources: []idc.TrailDataResource{{Type: "AWS::S3::Object", Values: []string{"bucket"}}}}), words: "Value bucket"},
		"no values":        {basic: basic(idc.EventSelector{DataResources: []idc.TrailDataResource{{Type: "AWS::S3::Object"}}}), words: "no values"},
		"no category":      {advanced: advanced(equals("readOnly", "true")), words: "eventCategory"},
		"network":          {advanced: advanced(equals("eventCategory", "NetworkActivity")), words: "NetworkActivity"},
		"twice":            {advanced: advanced(management, management), words: "given twice"},
		"unknown field":    {advanced: advanced(management, equals("sourceIPAddress", "x")), words: "sourceIPAddress"},
		"no operator":      {advanced: advanced(management, equals("eventSource")), words: "no operator"},
		"other operator":   {advanced: advanced(management, field("readOnly", func(f *idc.AdvancedFieldSelector) { f.NotEquals = []string{"true"} })), words: "Equals only"},
		"not a truth":      {advanced: advanced(management, equals("readOnly", "yes")), words: "true and false"},
		"no resource type": {advanced: advanced(equals("eventCategory", "Data")), words: "resources.type"},
		"of data":          {advanced: advanced(management, equals("eventName", "x")), words: "not valid for management events"},
		"too many":         {advanced: advanced(management, equals("eventSource", many...)), words: "exceed 500"},
	} {
		_, err := w.trails.PutSelectors(t.Context(), w.Change(), testidc.Member, "mine", c.basic, c.advanced)
		if idc.ReasonOf(err) != "InvalidEventSelectors" || !strings.Contains(idc.PublicMessage(err), c.words) {
			t.Errorf("%s: %v, want %q", name, err, c.words)
		}
	}
}
