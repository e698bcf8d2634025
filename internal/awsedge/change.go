package awsedge

import "github.com/gatehouse-idc/gatehouse/internal/idc"

// Change is the change set of a call: everything it writes is recorded under
// its request id, so that the change records and the call record join.
func (c *Call) Change() idc.ChangeSet {
	change := idc.ChangeSet{ID: c.RequestID, At: c.Time, Actor: c.Caller.ARN, UserID: c.Caller.UserID, RequestID: c.RequestID}
	if c.Operation != nil {
		change.Door = c.Operation.Service.Name
	}
	if change.Actor == "" && c.Caller.UserID != "" {
		change.Actor = "user/" + c.Caller.UserID
	}
	return change
}
