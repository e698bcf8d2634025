package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

// SocketName is the socket's file in the data directory.
const SocketName = "control.sock"

// Backend is what the socket can ask of the server.
type Backend struct {
	// Credentials mints break-glass credentials of an account.
	Credentials func(ctx context.Context, accountID string, ttl time.Duration) (*idc.Credentials, error)
	// Events returns up to limit events recorded after seq, oldest first.
	Events func(ctx context.Context, seq int64, limit int) ([]*idc.AuditEvent, error)
	// About is where the server answers.
	About About
}

// About says where the server answers and for which Region.
type About struct {
	URL    string `json:"url"`
	Region string `json:"region"`
}

// CredentialsRequest asks for break-glass credentials.
type CredentialsRequest struct {
	AccountID  string `json:"account_id"`
	TTLSeconds int    `json:"ttl_seconds"`
}

// Event is an event of the trail: its position and the CloudTrail record.
type Event struct {
	Seq    int64           `json:"seq"`
	Record json.RawMessage `json:"record"`
}

type failure struct {
	Error string `json:"error"`
}

// Listen opens the socket. A socket left by a dead server is replaced; one that
// a living server answers on is refused.
func Listen(dir string) (net.Listener, error) {
	path := filepath.Join(dir, SocketName)
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		return nil, errors.Join(fmt.Errorf("another server is running on %s", dir), conn.Close())
	}
	// The socket is made where nobody else can reach it and appears in its place
	// with its mode set: there is no moment at which others could open it.
	private, err := os.MkdirTemp(dir, ".control-")
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	l, err := listenPrivately(filepath.Join(private, "s"), path)
	if err := errors.Join(err, os.RemoveAll(private)); err != nil {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return l, nil
}

func listenPrivately(at, path string) (net.Listener, error) {
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: at, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // it would unlink the name that is gone
	if err := errors.Join(os.Chmod(at, 0o600), os.Rename(at, path)); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &listener{Listener: l, path: path}, nil
}

// listener removes its socket when it is closed.
type listener struct {
	net.Listener
	path string
}

// Close implements net.Listener.
func (l *listener) Close() error {
	err := l.Listener.Close()
	if errors.Is(err, net.ErrClosed) {
		return err
	}
	if removed := os.Remove(l.path); removed != nil && !errors.Is(removed, os.ErrNotExist) {
		err = errors.Join(err, removed)
	}
	return err
}

// Handler answers the socket.
func Handler(b Backend) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /credentials", func(w http.ResponseWriter, r *http.Request) {
		var in CredentialsRequest
		if err := json.NewDecoder(io.LimitReader(r.Body, 4096)).Decode(&in); err != nil {
			answer(w, nil, idc.Errorf(idc.Invalid, "the request is not JSON"))
			return
		}
		creds, err := b.Credentials(r.Context(), in.AccountID, time.Duration(in.TTLSeconds)*time.Second)
		answer(w, creds, err)
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		after, errAfter := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
		limit, errLimit := strconv.Atoi(r.URL.Query().Get("limit"))
		if errAfter != nil || errLimit != nil || limit < 1 || limit > 1000 {
			answer(w, nil, idc.Errorf(idc.Invalid, "after must be a number, limit one from 1 to 1000"))
			return
		}
		list, err := b.Events(r.Context(), after, limit)
		events := make([]Event, len(list))
		for i, e := range list {
			events[i] = Event{Seq: e.Seq, Record: json.RawMessage(e.Record)}
		}
		answer(w, events, err)
	})
	mux.HandleFunc("GET /about", func(w http.ResponseWriter, _ *http.Request) { answer(w, b.About, nil) })
	return mux
}

func answer(w http.ResponseWriter, value any, err error) {
	status := http.StatusOK
	if err != nil {
		value, status = failure{Error: idc.PublicMessage(err)}, http.StatusBadRequest
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The only failure here is the client having gone away.
	_ = json.NewEncoder(w).Encode(value)
}

// Client asks the server of a data directory.
type Client struct{ dir string }

// Dial returns a client of the server that runs on dir.
func Dial(dir string) *Client { return &Client{dir: dir} }

// Credentials asks for break-glass credentials.
func (c *Client) Credentials(ctx context.Context, in CredentialsRequest) (*idc.Credentials, error) {
	var out idc.Credentials
	if err := c.do(ctx, http.MethodPost, "/credentials", in, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// Events asks for events after seq.
func (c *Client) Events(ctx context.Context, seq int64, limit int) ([]Event, error) {
	query := url.Values{"after": {strconv.FormatInt(seq, 10)}, "limit": {strconv.Itoa(limit)}}
	var out []Event
	return out, c.do(ctx, http.MethodGet, "/events?"+query.Encode(), nil, &out)
}

// About asks where the server answers.
func (c *Client) About(ctx context.Context) (About, error) {
	var out About
	err := c.do(ctx, http.MethodGet, "/about", nil, &out)
	return out, err
}

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	socket := filepath.Join(c.dir, SocketName)
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		},
		DisableKeepAlives: true,
	}}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://control"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("no server answers on %s: is `gatehouse serve --data %s` running? (%w)", socket, c.dir, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var f failure
		if err := json.NewDecoder(resp.Body).Decode(&f); err != nil {
			return fmt.Errorf("the server answered %s", resp.Status)
		}
		return errors.New(f.Error)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
