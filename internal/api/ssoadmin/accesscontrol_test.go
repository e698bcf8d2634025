package ssoadmin_test

import (
	"slices"
	"testing"

	"github.com/gatehouse-idc/gatehouse/internal/api/doortest"
	"github.com/gatehouse-idc/gatehouse/internal/awsapi/ssoadmin"
)

func attributes(pairs ...string) *ssoadmin.InstanceAccessControlAttributeConfiguration {
	c := &ssoadmin.InstanceAccessControlAttributeConfiguration{AccessControlAttributes: []ssoadmin.AccessControlAttribute{}}
	for i := 0; i < len(pairs); i += 2 {
		c.AccessControlAttributes = append(c.AccessControlAttributes, ssoadmin.AccessControlAttribute{Key: &pairs[i], Value: &ssoadmin.AccessControlAttributeValue{Source: pairs[i+1 : i+2]}})
	}
	return c
}

func TestAccessControlOnTheWire(t *testing.T) {
	w := newWorld(t)
	create := func(c *ssoadmin.InstanceAccessControlAttributeConfiguration) *ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput {
		return &ssoadmin.CreateInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance(), InstanceAccessControlAttributeConfiguration: c}
	}
	update := func(c *ssoadmin.InstanceAccessControlAttributeConfiguration) *ssoadmin.UpdateInstanceAccessControlAttributeConfigurationInput {
		return &ssoadmin.UpdateInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance(), InstanceAccessControlAttributeConfiguration: c}
	}
	describe := &ssoadmin.DescribeInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance()}
	remove := &ssoadmin.DeleteInstanceAccessControlAttributeConfigurationInput{InstanceArn: w.instance()}

	const missing = "ResourceNotFoundException"
	doortest.Refuse(w.Client, ssoadmin.DescribeInstanceAccessControlAttributeConfiguration, describe, missing, "Could not find")
	doortest.Refuse(w.Client, ssoadmin.UpdateInstanceAccessControlAttributeConfiguration, update(attributes()), missing, "Could not find")
	doortest.Refuse(w.Client, ssoadmin.DeleteInstanceAccessControlAttributeConfiguration, remove, missing, "Could not find")

	doortest.Do(w.Client, ssoadmin.CreateInstanceAccessControlAttributeConfiguration, create(attributes("Team", "${path:title}")))
	if asked := w.Edge.Last(); asked.Action != "sso:CreateInstanceAccessControlAttributeConfiguration" || !slices.Equal(asked.Resources, []string{w.Instance.ARN}) {
		t.Errorf("authorised %v", asked)
	}
	doortest.Refuse(w.Client, ssoadmin.CreateInstanceAccessControlAttributeConfiguration, create(attributes()), "ConflictException", "already exists")
	doortest.Refuse(w.Client, ssoadmin.UpdateInstanceAccessControlAttributeConfiguration, update(attributes("Team", "${path:salary}")), "ValidationException", "${path:salary}")

	doortest.Do(w.Client, ssoadmin.UpdateInstanceAccessControlAttributeConfiguration, update(attributes("CostCenter", "${path:enterprise.costCenter}", "Mail", "${path:emails[primary eq true].value}")))
	got := doortest.Do(w.Client, ssoadmin.DescribeInstanceAccessControlAttributeConfiguration, describe)
	list := got.InstanceAccessControlAttributeConfiguration.AccessControlAttributes
	if *got.Status != "ENABLED" || got.StatusReason != nil || len(list) != 2 || *list[0].Key != "CostCenter" || list[1].Value.Source[0] != "${path:emails[primary eq true].value}" {
		t.Errorf("configuration %+v", got)
	}
	doortest.Do(w.Client, ssoadmin.UpdateInstanceAccessControlAttributeConfiguration, update(attributes()))
	empty := doortest.Do(w.Client, ssoadmin.DescribeInstanceAccessControlAttributeConfiguration, describe).InstanceAccessControlAttributeConfiguration.AccessControlAttributes
	if empty == nil || len(empty) != 0 {
		t.Errorf("attributes %v, want an empty list", empty)
	}
	doortest.Do(w.Client, ssoadmin.DeleteInstanceAccessControlAttributeConfiguration, remove)
	doortest.Refuse(w.Client, ssoadmin.DescribeInstanceAccessControlAttributeConfiguration, describe, missing, "Could not find")
}
