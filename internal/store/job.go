package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// Enqueue adds, at the instant at, a job whose payload is the JSON form of payload. It runs at
// runAt, or at once if that is not in the future.
func Enqueue(tx JobWriter, kind, lane string, payload any, at, runAt time.Time) error {
	text, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("payload of a %s job: %w", kind, err)
	}
	return tx.EnqueueJob(&idc.Job{Kind: kind, Lane: lane, Payload: string(text), RunAt: runAt, CreatedAt: at})
}

// Payload reads the payload of a job.
func Payload[T any](job *idc.Job) (T, error) {
	var v T
	if err := json.Unmarshal([]byte(job.Payload), &v); err != nil {
		return v, fmt.Errorf("payload of %s job %d: %w", job.Kind, job.ID, err)
	}
	return v, nil
}
