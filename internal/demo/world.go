package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-idc/gatehouse/internal/authn"
	"github.com/gatehouse-idc/gatehouse/internal/clock"
	"github.com/gatehouse-idc/gatehouse/internal/server"
	"github.com/gatehouse-idc/gatehouse/internal/session"
)

// World is a running demo, as the ready line shows it.
type World struct {
	URL             string `json:"url"`
	StartURL        string `json:"start_url"`
	Region          string `json:"region"`
	InstanceARN     string `json:"instance_arn"`
	IdentityStoreID string `json:"identity_store_id"`
	DataDir         string `json:"data_dir"`
	MetricsURL      string `json:"metrics_url,omitempty"`
	Users           []User `json:"users"`
}

// secretsFile keeps the people's proofs in the data directory.
const secretsFile = "demo.json"

// Open seeds the server's organization on the first start, or reads back what
// was seeded, and returns when every role is in place.
func Open(ctx context.Context, srv *server.Server) (*World, error) {
	users, err := readUsers(srv.DataDir())
	if errors.Is(err, fs.ErrNotExist) {
		if users, err = Seed(ctx, srv.Services); err == nil {
			err = writeUsers(srv.DataDir(), users)
		}
	}
	if err != nil {
		return nil, err
	}
	if err := WaitProvisioned(ctx, srv.Services); err != nil {
		return nil, err
	}
	return &World{
		URL: srv.URL(), StartURL: session.StartURL(srv.Instance), Region: srv.Instance.Region,
		InstanceARN: srv.Instance.ARN, IdentityStoreID: srv.Instance.IdentityStoreID,
		DataDir: srv.DataDir(), MetricsURL: srv.MetricsURL(), Users: users,
	}, nil
}

func readUsers(dir string) ([]User, error) {
	data, err := os.ReadFile(filepath.Join(dir, secretsFile))
	if err != nil {
		return nil, err
	}
	var users []User
	if err := json.Unmarshal(data, &users); err != nil {
		return nil, fmt.Errorf("%s in %s: %w", secretsFile, dir, err)
	}
	return users, nil
}

func writeUsers(dir string, users []User) error {
	data, err := json.MarshalIndent(users, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, secretsFile), data, 0o600)
}

// pointer is the file that names the data directory of the demo started last.
func pointer() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "gatehouse", "demo"), err
}

// Remember lets Code find this demo without being told where it is.
func Remember(w *World) error {
	file, err := pointer()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(w.DataDir+"\n"), 0o600)
}

// Code returns a person's current authenticator code and how many seconds it is
// good for. dir "" means the demo started last.
func Code(dir, userName string) (code string, secondsLeft int, err error) {
	if dir == "" {
		file, err := pointer()
		if err != nil {
			return "", 0, fmt.Errorf("which demo? give --data DIR (%w)", err)
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return "", 0, fmt.Errorf("no demo was started by this user; run `gatehouse demo`, or give --data DIR")
		}
		dir = strings.TrimSpace(string(data))
	}
	users, err := readUsers(dir)
	if err != nil {
		return "", 0, fmt.Errorf("no demo in %s; is it running? (%w)", dir, err)
	}
	i := slices.IndexFunc(users, func(u User) bool { return strings.EqualFold(u.Username, userName) })
	if i < 0 {
		return "", 0, fmt.Errorf("nobody called %s in the demo; there are %s", userName, names(users))
	}
	now := clock.System().Now()
	code, err = authn.TOTPCode(users[i].TOTPSecret, now)
	return code, int(period/time.Second) - int(now.Unix()%int64(period/time.Second)), err
}

// period is the time step of RFC 6238.
const period = 30 * time.Second

func names(users []User) string {
	var list []string
	for _, u := range users {
		list = append(list, u.Username)
	}
	return strings.Join(list, ", ")
}
