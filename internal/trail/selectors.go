package trail

import (
	"context"
	"slices"
	"strings"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
)

// Quotas of event selectors (CloudTrail User Guide, "Quotas in AWS CloudTrail").
const (
	maxSelectors     = 5
	maxDataResources = 250
	maxConditions    = 500
)

// DefaultSelectors are those of a trail that has none of its own: all management events.
func DefaultSelectors() []idc.EventSelector {
	return []idc.EventSelector{{ReadWriteType: "All"}}
}

// HasCustomSelectors reports whether a trail selects otherwise than the default.
func HasCustomSelectors(t *idc.Trail) bool {
	return len(t.EventSelectors) > 0 || len(t.AdvancedSelectors) > 0
}

// PutSelectors replaces the selectors of a trail, by basic or by advanced ones.
func (s *Service) PutSelectors(ctx context.Context, change idc.ChangeSet, accountID, name string,
	basic []idc.EventSelector, advanced []idc.AdvancedEventSelector) (*idc.Trail, error) {
	if len(basic) == 0 && len(advanced) == 0 || len(basic) > 0 && len(advanced) > 0 {
		return nil, badSelectors("You must specify either EventSelectors or AdvancedEventSelectors, but not both.")
	}
	if err := checkBasic(basic); err != nil {
		return nil, err
	}
	if err := checkAdvanced(advanced); err != nil {
		return nil, err
	}
	return s.change(ctx, change, accountID, name, func(_ store.Tx, t *idc.Trail) error {
		t.EventSelectors, t.AdvancedSelectors = basic, advanced
		return nil
	})
}

func badSelectors(format string, args ...any) error {
	return idc.Errorf(idc.Invalid, format, args...).With(reasonSelectors)
}

// dataTypes are the types of resources that basic selectors know.
func dataTypes() []string {
	return []string{"AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"}
}

func checkBasic(selectors []idc.EventSelector) error {
	if len(selectors) > maxSelectors {
		return badSelectors("A trail can have at most %d event selectors.", maxSelectors)
	}
	values := 0
	for _, sel := range selectors {
		for _, source := range sel.ExcludeManagementSources {
			if source != "kms.amazonaws.com" && source != "rdsdata.amazonaws.com" {
				return badSelectors("Event source %s is not supported in ExcludeManagementEventSources.", source)
			}
		}
		if sel.ExcludeManagement && len(sel.ExcludeManagementSources) > 0 {
			return badSelectors("ExcludeManagementEventSources can only be specified where IncludeManagementEvents is true.")
		}
		if sel.ExcludeManagement && len(sel.DataResources) == 0 {
			return badSelectors("An event selector must include management events or have data resources.")
		}
		for _, d := range sel.DataResources {
			if !slices.Contains(dataTypes(), d.Type) {
				return badSelectors("Value %s for DataResources.Type is invalid.", d.Type)
			}
			if len(d.Values) == 0 {
				return badSelectors("DataResources of type %s have no values.", d.Type)
			}
			for _, v := range d.Values {
				if !strings.HasPrefix(v, "arn:") {
					return badSelectors("Value %s for DataResources.Values is invalid.", v)
				}
			}
			values += len(d.Values)
		}
	}
	if values > maxDataResources {
		return badSelectors("The number of data resources must not exceed %d across the event selectors of a trail.", maxDataResources)
	}
	return nil
}

// advancedFields are the fields of advanced selectors. "" stands for any operator,
// "Equals" for Equals alone.
func advancedFields() map[string]string {
	return map[string]string{
		"eventCategory": "Equals", "readOnly": "Equals", "resources.type": "Equals", "resources.ARN": "",
		"eventName": "", "eventSource": "", "eventType": "", "userIdentity.arn": "", "sessionCredentialFromConsole": "",
	}
}

func checkAdvanced(selectors []idc.AdvancedEventSelector) error {
	conditions := 0
	for i, sel := range selectors {
		seen := map[string]idc.AdvancedFieldSelector{}
		for _, f := range sel.Fields {
			if _, twice := seen[f.Field]; twice {
				return badSelectors("The field %s is given twice in an advanced event selector.", f.Field)
			}
			seen[f.Field] = f
			if err := checkField(f); err != nil {
				return err
			}
			for _, list := range operators(f) {
				conditions += len(list)
			}
		}
		if err := checkCategory(seen, i); err != nil {
			return err
		}
	}
	if conditions > maxConditions {
		return badSelectors("The number of values in the advanced event selectors of a trail must not exceed %d.", maxConditions)
	}
	return nil
}

func operators(f idc.AdvancedFieldSelector) [][]string {
	return [][]string{f.Equals, f.StartsWith, f.EndsWith, f.NotEquals, f.NotStartsWith, f.NotEndsWith}
}

func checkField(f idc.AdvancedFieldSelector) error {
	only, known := advancedFields()[f.Field]
	if !known {
		return badSelectors("The field %s is not valid in an advanced event selector.", f.Field)
	}
	given := 0
	for i, list := range operators(f) {
		if len(list) > 0 {
			given++
		}
		if only == "Equals" && i > 0 && len(list) > 0 {
			return badSelectors("The field %s takes the operator Equals only.", f.Field)
		}
	}
	if given == 0 {
		return badSelectors("The field %s has no operator.", f.Field)
	}
	if f.Field == "readOnly" || f.Field == "sessionCredentialFromConsole" {
		for _, list := range operators(f) {
			for _, v := range list {
				if v != "true" && v != "false" {
					return badSelectors("The field %s takes the values true and false.", f.Field)
				}
			}
		}
	}
	return nil
}

// checkCategory holds the fields of one selector against its category.
func checkCategory(fields map[string]idc.AdvancedFieldSelector, at int) error {
	category := fields["eventCategory"].Equals
	if len(category) != 1 {
		return badSelectors("The advanced event selector %d must have the field eventCategory with one value.", at+1)
	}
	switch category[0] {
	case categoryManagement:
		for _, field := range []string{"resources.type", "resources.ARN", "eventName"} {
			if _, ok := fields[field]; ok {
				return badSelectors("The field %s is not valid for management events.", field)
			}
		}
	case categoryData:
		if len(fields["resources.type"].Equals) != 1 {
			return badSelectors("Advanced event selectors for data events must have the field resources.type with one value.")
		}
	default:
		return badSelectors("Value %s for eventCategory is invalid: Management and Data events are recorded.", category[0])
	}
	return nil
}
