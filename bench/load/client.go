package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gatehouse-idc/gatehouse/bench/running"
)

// warmUp precedes every measurement.
const warmUp = 500 * time.Millisecond

// row is a call that is measured.
type row struct {
	name    string
	kind    string // "ceiling", "gatehouse" or "peer"
	process *running.Process
	address string // host:port
	// caller makes what one of the connections sends.
	caller func(connection int) (caller, error)
}

// caller makes the requests of one connection, one after the other.
type caller interface {
	// request returns the next request as it goes over the wire.
	request() ([]byte, error)
	// answer looks at what came back. An error ends the measurement.
	answer(status int, body []byte) error
}

// measurement is what one run of a row gave.
type measurement struct {
	PerSecond float64       `json:"per_second"`
	P50       time.Duration `json:"p50_ns"`
	P99       time.Duration `json:"p99_ns"`
	CPU       time.Duration `json:"cpu_per_request_ns"`
	Requests  int           `json:"requests"`
	RSS       int           `json:"rss_kib"`
}

// run measures a row. It is bounded by the duration: a server that stops answering ends it with an error.
func (r *row) run(ctx context.Context, connections int, duration time.Duration) (measurement, error) {
	ctx, cancel := context.WithTimeout(ctx, warmUp+duration+20*time.Second)
	defer cancel()
	from := time.Now().Add(warmUp)
	to := from.Add(duration)
	var wg sync.WaitGroup
	took := make([][]time.Duration, connections)
	errs := make([]error, connections)
	for i := range connections {
		wg.Go(func() { took[i], errs[i] = r.drive(ctx, i, from, to) })
	}
	time.Sleep(time.Until(from))
	before, err := r.process.CPU()
	if err != nil {
		return measurement{}, err
	}
	time.Sleep(time.Until(to))
	after, err := r.process.CPU()
	wg.Wait()
	if err := errors.Join(err, errors.Join(errs...)); err != nil {
		return measurement{}, err
	}
	all := slices.Concat(took...)
	if len(all) == 0 {
		return measurement{}, errors.New("no request was answered")
	}
	slices.Sort(all)
	rss, err := r.process.RSS()
	return measurement{
		PerSecond: float64(len(all)) / duration.Seconds(), P50: all[len(all)/2], P99: all[len(all)*99/100],
		CPU: (after - before) / time.Duration(len(all)), Requests: len(all), RSS: rss,
	}, err
}

// drive sends request after request on one connection until the time is over, and returns how long those
// took that were answered within the measured time.
func (r *row) drive(ctx context.Context, connection int, from, to time.Time) ([]time.Duration, error) {
	c, err := r.caller(connection)
	if err != nil {
		return nil, err
	}
	w := wire{address: r.address}
	defer w.close()
	var took []time.Duration
	for {
		message, err := c.request()
		if err != nil {
			return nil, err
		}
		began := time.Now()
		status, body, err := w.roundTrip(ctx, message)
		if err != nil {
			return nil, err
		}
		ended := time.Now()
		if err := c.answer(status, body); err != nil {
			return nil, err
		}
		if ended.After(to) {
			return took, nil
		}
		if !ended.Before(from) {
			took = append(took, ended.Sub(began))
		}
	}
}

// wire is one keep-alive connection. net/http's client would cost as much as the servers do.
type wire struct {
	address string
	conn    net.Conn
	reader  *bufio.Reader
	body    bytes.Buffer
}

func (w *wire) roundTrip(ctx context.Context, message []byte) (status int, body []byte, err error) {
	if w.conn == nil {
		var dialer net.Dialer
		if w.conn, err = dialer.DialContext(ctx, "tcp", w.address); err != nil {
			return 0, nil, err
		}
		if deadline, ok := ctx.Deadline(); ok {
			if err := w.conn.SetDeadline(deadline); err != nil {
				return 0, nil, err
			}
		}
		w.reader = bufio.NewReader(w.conn)
	}
	if _, err := w.conn.Write(message); err != nil {
		return 0, nil, err
	}
	resp, err := http.ReadResponse(w.reader, nil)
	if err != nil {
		return 0, nil, err
	}
	w.body.Reset()
	_, err = io.Copy(&w.body, resp.Body)
	if err == nil && resp.Close {
		// The peer's server ends some connections; opening the next one is part of what it costs.
		err = w.conn.Close()
		w.conn = nil
	}
	return resp.StatusCode, w.body.Bytes(), err
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close() // nothing is in flight
	}
}

// fixed sends the same bytes every time.
type fixed []byte

func (f fixed) request() ([]byte, error) { return f, nil }

func (f fixed) answer(status int, body []byte) error { return wantOK(status, body) }

func wantOK(status int, body []byte) error {
	if status != http.StatusOK {
		return fmt.Errorf("HTTP %d: %s", status, body[:min(len(body), 500)])
	}
	return nil
}

// onWire returns a request as it goes over the wire.
func onWire(req *http.Request) ([]byte, error) {
	var buf bytes.Buffer
	if err := req.Write(&buf); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
