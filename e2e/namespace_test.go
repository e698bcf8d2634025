package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// namespaceVariable tells the test program that it is the helper inside a namespace; its value is
// the folder of the network.
const namespaceVariable = "GATEHOUSE_E2E_NAMESPACE"

// awsHosts are the names under which clients without an endpoint setting look for us.
var awsHosts = []string{
	"oidc." + region + ".amazonaws.com",
	"portal.sso." + region + ".amazonaws.com",
	"device.sso." + region + ".amazonaws.com",
	"sso." + region + ".amazonaws.com",
	"sts." + region + ".amazonaws.com",
	"sts.amazonaws.com",
	"identitystore." + region + ".amazonaws.com",
	"organizations." + region + ".amazonaws.com",
	"organizations.amazonaws.com",
	"iam.amazonaws.com",
	"cloudtrail." + region + ".amazonaws.com",
	"access-analyzer." + region + ".amazonaws.com",
	"signin.aws.amazon.com",
}

// network is a place for commands where AWS's host names lead to one server: a hosts file, a
// certificate for the names, and a Unix socket behind which the server answers. A Unix socket is the
// one door between two network namespaces that needs no set-up.
type network struct {
	dir string
}

func (n *network) caFile() string   { return filepath.Join(n.dir, "ca.pem") }
func (n *network) certFile() string { return filepath.Join(n.dir, "cert.pem") }
func (n *network) keyFile() string  { return filepath.Join(n.dir, "key.pem") }
func (n *network) hosts() string    { return filepath.Join(n.dir, "hosts") }
func (n *network) socket() string   { return filepath.Join(n.dir, "s") }

// newNetwork makes the network of a server; it survives restarts of the server.
func newNetwork(t testing.TB, s *server) *network {
	t.Helper()
	need(t, "Linux namespaces", namespacesWork())
	// A short path: a socket's address has 108 bytes at most.
	dir, err := os.MkdirTemp("/tmp", "gh-net-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	n := &network{dir: dir}
	hosts := "127.0.0.1 localhost\n"
	for _, name := range awsHosts {
		hosts += "127.0.0.1 " + name + "\n"
	}
	if err := errors.Join(os.WriteFile(n.hosts(), []byte(hosts), 0o644), n.makeCertificates()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", n.socket())
	if err != nil {
		t.Fatal(err)
	}
	var connections sync.WaitGroup
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		connections.Wait()
	})
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return // closed
			}
			connections.Go(func() { join(in, s.listener) })
		}
	}()
	return n
}

// join copies between a connection and an address until either side ends.
func join(in net.Conn, address string) {
	defer func() { _ = in.Close() }()
	out, err := net.Dial("tcp", address)
	if err != nil {
		return // the server is down; the client sees its connection closed
	}
	defer func() { _ = out.Close() }()
	done := make(chan struct{}, 2)
	pipe := func(dst, src net.Conn) {
		// An error means that one side hung up, which ends both.
		_, _ = io.Copy(dst, src)
		done <- struct{}{}
	}
	go pipe(out, in)
	go pipe(in, out)
	<-done
}

func (n *network) makeCertificates() error {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Gatehouse end-to-end tests"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "amazonaws.com"}, DNSNames: awsHosts,
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		return err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		writePEM(n.caFile(), "CERTIFICATE", caDER),
		writePEM(n.certFile(), "CERTIFICATE", leafDER),
		writePEM(n.keyFile(), "PRIVATE KEY", keyDER),
	)
}

func writePEM(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

// tlsConfig is of the front inside the namespace.
func (n *network) tlsConfig() (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(n.certFile(), n.keyFile())
	if err != nil {
		return nil, fmt.Errorf("certificate of the TLS front: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}}, nil
}
