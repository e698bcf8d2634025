package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Bounds of one document.
const (
	Timeout = 5 * time.Second
	MaxSize = 1 << 20 // bytes
)

// Client reads documents.
type Client struct {
	public, local *http.Client
}

// New returns a client that trusts the given certificate authorities; nil means those of the system.
func New(roots *x509.CertPool) *Client {
	return &Client{public: client(roots, isPublic), local: client(roots, isReachable)}
}

func client(roots *x509.CertPool, allowed func(netip.Addr) bool) *http.Client {
	dialer := &net.Dialer{Timeout: Timeout, Control: guard(allowed)}
	return &http.Client{
		Timeout: Timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: Timeout, ResponseHeaderTimeout: Timeout,
			TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2: true, MaxIdleConns: 20, IdleConnTimeout: 90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("it redirects") },
	}
}

// guard looks at the address that a name was resolved to, right before it is dialled: a name that resolves
// differently the second time does not help.
func guard(allowed func(netip.Addr) bool) func(network, address string, _ syscall.RawConn) error {
	return func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !allowed(behind(at.Addr().Unmap())) {
			return fmt.Errorf("the address %s may not be read from here", at.Addr())
		}
		return nil
	}
}

func isReachable(a netip.Addr) bool {
	return a.IsGlobalUnicast() || a.IsLoopback() // neither link-local, multicast nor unspecified
}

func isPublic(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared(a) && (!a.Is4() || a.As4()[0] != 0) // 0.0.0.0/8 is this machine
}

// behind is the IPv4 address that an IPv6 address leads to through a translator, NAT64 (RFC 6052) or 6to4
// (RFC 3056), or the address itself.
func behind(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	b := a.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(a):
		return netip.AddrFrom4([4]byte(b[12:]))
	case b[0] == 0x20 && b[1] == 0x02:
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}

// shared reports the address space between carriers and their customers (RFC 6598), which is nobody's public address.
func shared(a netip.Addr) bool {
	return a.Is4() && netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10).Contains(a)
}

// Fetch returns the body of a document at an https address, or an http address of this machine. With local, the
// address may be on this machine or in a private network.
func (c *Client) Fetch(ctx context.Context, address string, local bool) ([]byte, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, err
	case u.Host == "" || u.User != nil:
		return nil, fmt.Errorf("%q is no address of a document", address)
	case u.Scheme != "https" && (u.Scheme != "http" || !local || !isLoopback(u.Hostname())):
		return nil, fmt.Errorf("%q is not an https address", address)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "gatehouse")
	by := c.public
	if local {
		by = c.local
	}
	response, err := by.Do(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxSize+1))
	if closed := response.Body.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s: %s", address, response.Status)
	case len(body) > MaxSize:
		return nil, fmt.Errorf("%s: more than %d bytes", address, MaxSize)
	}
	return body, nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
