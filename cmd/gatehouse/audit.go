package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/control"
)

type auditCommand struct {
	Tail tailCommand `cmd:"" help:"Show events as they are recorded."`
}

type tailCommand struct {
	Data   string `help:"Data directory of the running server." placeholder:"DIR"`
	After  int64  `help:"Start after this position (0: from the beginning)." default:"0"`
	Follow bool   `short:"f" help:"Wait for more."`
	JSON   bool   `name:"json" help:"Print CloudTrail records, one a line."`
}

// pollEvery is how often --follow asks for more.
const pollEvery = 500 * time.Millisecond

// Run prints the event trail.
func (c *tailCommand) Run(ctx context.Context, io streams) error {
	client := control.Dial(dataDir(c.Data))
	after := c.After
	for {
		events, err := client.Events(ctx, after, 500)
		if err != nil {
			if ctx.Err() != nil {
				return nil // interrupted while following
			}
			return err
		}
		for _, e := range events {
			after = e.Seq
			if err := c.print(io, e); err != nil {
				return err
			}
		}
		if len(events) > 0 {
			continue
		}
		if !c.Follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-clock.System().After(pollEvery):
		}
	}
}

// eventLine is what the human form shows of a record.
type eventLine struct {
	EventTime    string `json:"eventTime"`
	EventName    string `json:"eventName"`
	EventSource  string `json:"eventSource"`
	ErrorCode    string `json:"errorCode"`
	SourceIP     string `json:"sourceIPAddress"`
	UserIdentity struct {
		Type       string `json:"type"`
		ARN        string `json:"arn"`
		UserName   string `json:"userName"`
		OnBehalfOf struct {
			UserID string `json:"userId"`
		} `json:"onBehalfOf"`
	} `json:"userIdentity"`
}

func (c *tailCommand) print(io streams, e control.Event) error {
	if c.JSON {
		_, err := fmt.Fprintf(io.stdout, "%s\n", e.Record)
		return err
	}
	var line eventLine
	if err := json.Unmarshal(e.Record, &line); err != nil {
		return fmt.Errorf("event %d: %w", e.Seq, err)
	}
	who := line.UserIdentity.ARN
	if who == "" {
		who = line.UserIdentity.OnBehalfOf.UserID
	}
	if who == "" {
		who = strings.TrimSpace(line.UserIdentity.Type + " " + line.UserIdentity.UserName)
	}
	outcome := "ok"
	if line.ErrorCode != "" {
		outcome = line.ErrorCode
	}
	_, err := fmt.Fprintf(io.stdout, "%s  %-28s %-34s %-26s %s\n", line.EventTime, line.EventSource, line.EventName, outcome, who)
	return err
}
