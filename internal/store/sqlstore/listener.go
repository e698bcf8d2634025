package sqlstore

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-idc/gatehouse/internal/store"
)

const (
	// A NOTIFY carries less than 8000 bytes, of which base64 leaves three quarters.
	maxPayload = 5600
	// maxNotifications bounds what one transaction announces row by row.
	maxNotifications = 16

	listenerRetry    = time.Second
	listenerPatience = 30 * time.Second // silence after which the connection is tried
	listenerTimeout  = 5 * time.Second
)

// listener hears on a connection of its own what other nodes committed. While
// it cannot hear, it tells the subscribers that events are being lost.
type listener struct {
	config  *pgx.ConnConfig
	channel string // of the schema: a database may hold several Gatehouses
	node    string // tells our own notifications from those of others
	hub     *hub
	log     *slog.Logger
	cancel  context.CancelFunc
	done    chan struct{}
}

// startListener returns once the listener hears.
func startListener(ctx context.Context, config *pgx.ConnConfig, channel string, h *hub, log *slog.Logger) (*listener, error) {
	l := &listener{config: config, channel: channel, node: strconv.FormatUint(rand.Uint64(), 36), hub: h, log: log, done: make(chan struct{})}
	conn, err := l.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("listening for other nodes: %w", err)
	}
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	l.cancel = cancel
	go l.run(run, conn)
	return l, nil
}

func (l *listener) stop() {
	l.cancel()
	<-l.done
}

func (l *listener) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, listenerTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, l.config)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "listen "+l.channel); err != nil {
		l.hangUp(conn)
		return nil, err
	}
	return conn, nil
}

func (l *listener) hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), listenerTimeout)
	defer cancel()
	if err := conn.Close(ctx); err != nil {
		l.log.Debug("closing the listening connection", "error", err)
	}
}

func (l *listener) run(ctx context.Context, conn *pgx.Conn) {
	defer close(l.done)
	for {
		err := l.listen(ctx, conn)
		l.hangUp(conn)
		if ctx.Err() != nil {
			return
		}
		l.log.Warn("the connection that listens for other nodes is lost", "error", err)
		if conn = l.reconnect(ctx); conn == nil {
			return
		}
		l.log.Info("listening for other nodes again")
		l.hub.lose()
	}
}

// reconnect tries until it succeeds or ctx ends, which returns nil.
func (l *listener) reconnect(ctx context.Context) *pgx.Conn {
	for {
		l.hub.lose()
		conn, err := l.connect(ctx)
		if err == nil {
			return conn
		}
		l.log.Debug("listening for other nodes", "error", err)
		pause := time.NewTimer(listenerRetry)
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// listen passes notifications on until the connection breaks.
func (l *listener) listen(ctx context.Context, conn *pgx.Conn) error {
	for {
		wait, cancel := context.WithTimeout(ctx, listenerPatience)
		n, err := conn.WaitForNotification(wait)
		quiet := wait.Err() != nil && ctx.Err() == nil
		cancel()
		if err == nil {
			l.receive(n.Payload)
			continue
		}
		if !quiet {
			return err
		}
		if err := l.probe(ctx, conn); err != nil {
			return err
		}
	}
}

// probe finds out whether somebody is still there after a long silence.
func (l *listener) probe(ctx context.Context, conn *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, listenerTimeout)
	defer cancel()
	return conn.Ping(ctx)
}

// A payload is the base64 of a JSON array: the node, then noun and id of each
// event. Base64 needs no quoting in SQL.

func (l *listener) receive(payload string) {
	data, err := base64.StdEncoding.DecodeString(payload)
	var words []string
	if err == nil {
		err = json.Unmarshal(data, &words)
	}
	if err != nil || len(words)%2 != 1 {
		l.log.Warn("another node sent what cannot be read", "error", err)
		l.hub.lose()
		return
	}
	if words[0] == l.node {
		return
	}
	var events []store.Event
	for i := 1; i < len(words); i += 2 {
		events = append(events, store.Event{Noun: store.Noun(words[i]), ID: words[i+1]})
	}
	l.hub.publish(events)
}

// notifications returns the statements that announce events, each ending in ";".
func (l *listener) notifications(events []store.Event) string {
	var texts []string
	for len(events) > 0 {
		words, size := []string{l.node}, 0
		for len(events) > 0 && size < maxPayload {
			e := events[0]
			size += len(e.Noun) + len(e.ID) + 6
			if size > maxPayload && len(words) > 1 {
				break
			}
			words, events = append(words, string(e.Noun), e.ID), events[1:]
		}
		texts = append(texts, l.notification(words))
	}
	if len(texts) > maxNotifications {
		texts = []string{l.notification([]string{l.node, string(store.NounLost), ""})}
	}
	return strings.Join(texts, "")
}

func (l *listener) notification(words []string) string {
	data, err := json.Marshal(words)
	if err != nil || base64.StdEncoding.EncodedLen(len(data)) > 7900 {
		data = fmt.Appendf(nil, `[%q,%q,""]`, l.node, store.NounLost)
	}
	return "select pg_notify('" + l.channel + "', '" + base64.StdEncoding.EncodeToString(data) + "'); "
}
