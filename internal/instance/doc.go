// Package instance keeps Identity Center instances: the organization's, which is
// made at the first start and never deleted, and those of accounts.
//
// A member account, or a standalone one, may make one instance of its own (Create),
// with an identity store and applications but without permission sets. Making one is
// a single row, so that it is ACTIVE at once. Deleting one takes everything along:
// Delete removes a bounded number of rows in its own transaction, which is all of a
// small instance. A larger one gets the status DELETE_IN_PROGRESS, with which nothing
// can be done in it any more, and JobDelete removes the rest in batches; the row of
// the instance goes last, with the last batch.
//
// The organization's instance can have Regions beside its primary one. The status
// ADDING becomes ACTIVE, and a Region that is REMOVING goes, by JobRegion. Nothing is
// copied anywhere: one database serves all Regions. What an active Region means is
// that a call which is signed for it, or sent to its host name, happens there: in
// aws:RequestedRegion, in the trail and in ListInstances. Package server sees to that.
//
// Who may call what: api/ssoadmin. Which applications and people go with an instance:
// application.Erase and directory.Erase.
//
// AWS's side: "CreateInstance", "DeleteInstance", "AddRegion" and their neighbours in
// the IAM Identity Center API Reference; "Organization and account instances" and
// "Using IAM Identity Center across multiple AWS Regions" in its User Guide.
package instance
