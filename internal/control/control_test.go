package control_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/control"
	"github.com/gatehouse-idc/gatehouse/internal/idc"
)

func serve(t *testing.T, dir string, b control.Backend) net.Listener {
	t.Helper()
	l, err := control.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: control.Handler(b), ReadHeaderTimeout: time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return l
}

func TestTheSocketIsItsOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, control.Backend{})
	info, err := os.Stat(filepath.Join(dir, control.SocketName))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: want nothing beside the socket", entries, err)
	}
	if _, err := control.Listen(dir); err == nil || !strings.Contains(err.Error(), "another server is running") {
		t.Errorf("a second server: %v", err)
	}
}

func TestASocketOfADeadServerIsReplaced(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, control.SocketName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, dir, control.Backend{Events: func(context.Context, int64, int) ([]*idc.AuditEvent, error) {
		return []*idc.AuditEvent{{Seq: 7, Record: `{"eventName":"X"}`}}, nil
	}})
	events, err := control.Dial(dir).Events(t.Context(), 0, 10)
	if err != nil || len(events) != 1 || events[0].Seq != 7 {
		t.Errorf("events %v, %v", events, err)
	}
}

func TestErrorsKeepTheirCauseToThemselves(t *testing.T) {
	dir := t.TempDir()
	serve(t, dir, control.Backend{Credentials: func(context.Context, string, time.Duration) (*idc.Credentials, error) {
		return nil, idc.Errorf(idc.Invalid, "The lifetime is wrong.").Because(os.ErrPermission)
	}})
	_, err := control.Dial(dir).Credentials(t.Context(), control.CredentialsRequest{})
	if err == nil || err.Error() != "The lifetime is wrong." {
		t.Errorf("error %v", err)
	}
}

func TestAbout(t *testing.T) {
	dir := t.TempDir()
	want := control.About{URL: "http://127.0.0.1:8080", Region: "eu-west-1"}
	serve(t, dir, control.Backend{About: want})
	got, err := control.Dial(dir).About(t.Context())
	if err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
}
