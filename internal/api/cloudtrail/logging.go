package cloudtrail

import (
	"context"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/awsapi/cloudtrail"
	"github.com/gatehouse-idc/gatehouse/internal/awsedge"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
	"github.com/gatehouse-idc/gatehouse/internal/store"
	"github.com/gatehouse-idc/gatehouse/internal/trail"
)

func (d *Door) loggingOperations() []awsedge.Operation {
	return []awsedge.Operation{
		onTrail(cloudtrail.StartLogging, d.startLogging, func(in *cloudtrail.StartLoggingInput) *string { return in.Name }),
		onTrail(cloudtrail.StopLogging, d.stopLogging, func(in *cloudtrail.StopLoggingInput) *string { return in.Name }),
		onTrail(cloudtrail.GetTrailStatus, d.getTrailStatus, func(in *cloudtrail.GetTrailStatusInput) *string { return in.Name }),
		awsedge.Op(cloudtrail.ListPublicKeys, d.listPublicKeys, awsedge.NoResource[cloudtrail.ListPublicKeysInput]("the keys that digests are verified with")),
	}
}

func (d *Door) startLogging(ctx context.Context, call *awsedge.Call, in *cloudtrail.StartLoggingInput) (*cloudtrail.StartLoggingOutput, error) {
	return nil, d.Trails.StartLogging(ctx, call.Change(), call.Caller.AccountID, *in.Name)
}

func (d *Door) stopLogging(ctx context.Context, call *awsedge.Call, in *cloudtrail.StopLoggingInput) (*cloudtrail.StopLoggingOutput, error) {
	return nil, d.Trails.StopLogging(ctx, call.Change(), call.Caller.AccountID, *in.Name)
}

// getTrailStatus fills in the members that AWS calls no longer in use, too: older
// scripts read them, and AWS still sends them.
func (d *Door) getTrailStatus(ctx context.Context, call *awsedge.Call, in *cloudtrail.GetTrailStatusInput) (*cloudtrail.GetTrailStatusOutput, error) {
	st, err := d.Trails.Status(ctx, call.Caller.AccountID, *in.Name)
	if err != nil {
		return nil, err
	}
	none := ""
	return &cloudtrail.GetTrailStatusOutput{
		IsLogging: &st.Logging, StartLoggingTime: instant(st.LoggingStartedAt), StopLoggingTime: instant(st.LoggingStoppedAt),
		LatestDeliveryTime: instant(st.LastDeliveryAt), LatestDeliveryError: text(st.LastDeliveryError),
		LatestDigestDeliveryTime: instant(st.LastDigestAt), LatestDigestDeliveryError: text(st.LastDigestError),
		TimeLoggingStarted: stamp(st.LoggingStartedAt), TimeLoggingStopped: stamp(st.LoggingStoppedAt),
		LatestDeliveryAttemptTime: stamp(st.LastAttemptAt), LatestDeliveryAttemptSucceeded: stamp(st.LastDeliveryAt),
		LatestNotificationAttemptTime: &none, LatestNotificationAttemptSucceeded: &none,
	}, nil
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func stamp(t time.Time) *string {
	s := ""
	if !t.IsZero() {
		s = t.UTC().Format("2006-01-02T15:04:05Z")
	}
	return &s
}

func (d *Door) listPublicKeys(ctx context.Context, call *awsedge.Call, in *cloudtrail.ListPublicKeysInput) (*cloudtrail.ListPublicKeysOutput, error) {
	at, err := call.Page(d.Pages, in.NextToken, value(stampOf(in.StartTime)), value(stampOf(in.EndTime)))
	if err != nil {
		return nil, idc.Errorf(idc.Invalid, "The NextToken is invalid.").With("InvalidToken").Because(err)
	}
	keys, err := d.Trails.PublicKeys(ctx, given(in.StartTime), given(in.EndTime))
	if err != nil {
		return nil, err
	}
	page, next := store.Cut(store.Page{After: at.After, Limit: listSize}, keys, func(k trail.PublicKey) string {
		return k.From.UTC().Format(time.RFC3339) + k.Fingerprint
	})
	out := &cloudtrail.ListPublicKeysOutput{PublicKeyList: make([]cloudtrail.PublicKey, len(page)), NextToken: at.Next(next)}
	for i, k := range page {
		out.PublicKeyList[i] = cloudtrail.PublicKey{Fingerprint: &k.Fingerprint, Value: k.PKCS1, ValidityStartTime: &k.From, ValidityEndTime: &k.To}
	}
	return out, nil
}

func given(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func stampOf(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return stamp(*t)
}
