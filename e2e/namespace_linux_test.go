package e2e

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// namespacesWork says whether this machine lets us make namespaces.
var namespacesWork = sync.OnceValue(func() error {
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = namespaceAttributes()
	return cmd.Run()
})

func namespaceAttributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET}
	if uid := os.Getuid(); uid != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// command prepares a command that will run in the network.
func (n *network) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, self, append([]string{name}, args...)...)
	cmd.SysProcAttr = namespaceAttributes()
	cmd.Env = append(cleanEnvironment(), namespaceVariable+"="+n.dir)
	return cmd
}

// namespaceMain is the helper: it sets the namespace up, answers for AWS on port 443, and runs the
// command. Its result is the command's exit status.
func namespaceMain(args []string) int {
	// The command must die with its helper; the kernel watches the thread that started it.
	runtime.LockOSThread()
	n := &network{dir: os.Getenv(namespaceVariable)}
	if err := n.enter(); err != nil {
		fmt.Fprintln(os.Stderr, "namespace:", err)
		return 125
	}
	if err := os.Unsetenv(namespaceVariable); err != nil {
		fmt.Fprintln(os.Stderr, "namespace:", err)
		return 125
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	default:
		fmt.Fprintln(os.Stderr, "namespace:", err)
		return 125
	}
}

func (n *network) enter() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("private mounts: %w", err)
	}
	if err := unix.Mount(n.hosts(), "/etc/hosts", "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("own hosts file: %w", err)
	}
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	config, err := n.tlsConfig()
	if err != nil {
		return err
	}
	l, err := tls.Listen("tcp", "127.0.0.1:443", config)
	if err != nil {
		return err
	}
	front := &http.Server{Handler: n.front(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		// It serves until the helper exits.
		_ = front.Serve(l)
	}()
	return nil
}

// front passes requests on to the server as they came, Host included.
func (n *network) front() http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: "gatehouse"})
			r.Out.Host = r.In.Host
		},
		Transport: &http.Transport{
			DisableCompression: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "unix", n.socket())
			},
		},
	}
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	ifr, err := unix.NewIfreq("lo")
	if err != nil {
		return errors.Join(err, unix.Close(fd))
	}
	ifr.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return errors.Join(unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr), unix.Close(fd))
}

// The harness itself: a command in the network reaches the server under AWS's names, over TLS, with
// the Host header kept, and its exit status comes back.
func TestNetworkOfItsOwn(t *testing.T) {
	need(t, "Linux namespaces", namespacesWork())
	needFile(t, "openssl", "/usr/bin/openssl")
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.WriteString(w, "host="+r.Host+" bearer="+r.Header.Get("x-amz-sso_bearer_token")); err != nil {
			t.Error(err)
		}
	}))
	defer fake.Close()
	n := newNetwork(t, &server{listener: strings.TrimPrefix(fake.URL, "http://")})

	ask := `printf 'GET / HTTP/1.1\r\nHost: %s\r\nx-amz-sso_bearer_token: b\r\nConnection: close\r\n\r\n' "$1" |
		openssl s_client -quiet -verify_return_error -CAfile "$2" -verify_hostname "$1" -connect "$1":443 2>/dev/null`
	for _, host := range []string{"sts.amazonaws.com", "portal.sso.us-east-1.amazonaws.com"} {
		out, err := n.command(t.Context(), "/bin/sh", "-c", ask, "sh", host, n.caFile()).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if want := "host=" + host + " bearer=b"; !strings.Contains(string(out), want) {
			t.Errorf("answer %q, want %q in it", out, want)
		}
	}
	err := n.command(t.Context(), "/bin/sh", "-c", "exit 7").Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("exit status %v, want 7", err)
	}
}
