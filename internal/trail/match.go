package trail

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// The categories of events.
const (
	categoryManagement = "Management"
	categoryData       = "Data"
)

// header is what selectors look at in a record.
type header struct {
	Region    string `json:"awsRegion"`
	Category  string `json:"eventCategory"`
	Type      string `json:"eventType"`
	Name      string `json:"eventName"`
	Source    string `json:"eventSource"`
	ReadOnly  bool   `json:"readOnly"`
	Resources []struct {
		ARN  string `json:"ARN"`
		Type string `json:"type"`
	} `json:"resources"`
	Identity struct {
		ARN string `json:"arn"`
	} `json:"userIdentity"`
	FromConsole string `json:"sessionCredentialFromConsole"`
}

func headerOf(e *idc.AuditEvent) (header, error) {
	var h header
	if err := json.Unmarshal([]byte(e.Record), &h); err != nil {
		return h, fmt.Errorf("record of event %s: %w", e.ID, err)
	}
	return h, nil
}

// globalService reports whether a service is one whose events belong to no Region.
func (h header) globalService() bool {
	return slices.Contains([]string{"iam.amazonaws.com", "sts.amazonaws.com", "organizations.amazonaws.com"}, h.Source)
}

// wants reports whether a trail delivers a record.
func wants(t *idc.Trail, h header) bool {
	if !t.GlobalServiceEvents && h.globalService() {
		return false
	}
	if !t.MultiRegion && h.Region != t.HomeRegion {
		return false
	}
	if len(t.AdvancedSelectors) > 0 {
		return slices.ContainsFunc(t.AdvancedSelectors, func(sel idc.AdvancedEventSelector) bool { return advancedMatches(sel, h) })
	}
	basic := t.EventSelectors
	if len(basic) == 0 {
		basic = DefaultSelectors()
	}
	return slices.ContainsFunc(basic, func(sel idc.EventSelector) bool { return basicMatches(sel, h) })
}

func basicMatches(sel idc.EventSelector, h header) bool {
	if sel.ReadWriteType == "ReadOnly" && !h.ReadOnly || sel.ReadWriteType == "WriteOnly" && h.ReadOnly {
		return false
	}
	if h.Category == categoryManagement {
		return !sel.ExcludeManagement && !slices.Contains(sel.ExcludeManagementSources, h.Source)
	}
	for _, d := range sel.DataResources {
		for _, r := range h.Resources {
			if r.Type == d.Type && slices.ContainsFunc(d.Values, func(v string) bool { return strings.HasPrefix(r.ARN, v) }) {
				return true
			}
		}
	}
	return false
}

// advancedMatches reports whether all fields of a selector hold.
func advancedMatches(sel idc.AdvancedEventSelector, h header) bool {
	var kinds []string // resources.type of the selector, if any
	for _, f := range sel.Fields {
		if f.Field == "resources.type" {
			kinds = f.Equals
		}
	}
	for _, f := range sel.Fields {
		if !fieldMatches(f, h.values(f.Field, kinds)) {
			return false
		}
	}
	return true
}

// values are what a record has in a field. A resource counts for resources.ARN if it
// is of the selector's type.
func (h header) values(field string, kinds []string) []string {
	switch field {
	case "eventCategory":
		return []string{h.Category}
	case "readOnly":
		return []string{strconv.FormatBool(h.ReadOnly)}
	case "eventName":
		return []string{h.Name}
	case "eventSource":
		return []string{h.Source}
	case "eventType":
		return []string{h.Type}
	case "userIdentity.arn":
		return []string{h.Identity.ARN}
	case "sessionCredentialFromConsole":
		return []string{strconv.FormatBool(h.FromConsole == "true")}
	}
	var out []string
	for _, r := range h.Resources {
		switch {
		case field == "resources.type":
			out = append(out, r.Type)
		case slices.Contains(kinds, r.Type):
			out = append(out, r.ARN)
		}
	}
	return out
}

// fieldMatches applies the operators of a field: one of those that select must hold,
// and none of those that deselect ("How CloudTrail evaluates multiple conditions for a field").
func fieldMatches(f idc.AdvancedFieldSelector, values []string) bool {
	any := func(list []string, holds func(value, operand string) bool) bool {
		return slices.ContainsFunc(values, func(v string) bool {
			return slices.ContainsFunc(list, func(operand string) bool { return holds(v, operand) })
		})
	}
	equal := func(a, b string) bool { return a == b }
	if any(f.NotEquals, equal) || any(f.NotStartsWith, strings.HasPrefix) || any(f.NotEndsWith, strings.HasSuffix) {
		return false
	}
	if len(f.Equals) == 0 && len(f.StartsWith) == 0 && len(f.EndsWith) == 0 {
		return true
	}
	return any(f.Equals, equal) || any(f.StartsWith, strings.HasPrefix) || any(f.EndsWith, strings.HasSuffix)
}
