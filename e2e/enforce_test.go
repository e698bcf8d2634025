package e2e

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// The parts that stand behind one another: client, nginx, an S3-compatible server.
const nginxProgram = "/usr/sbin/nginx"

// The bucket of the guide, and the addresses in the files of examples/enforce.
const (
	bucket         = "shop"
	exampleNginx   = "127.0.0.1:9000"
	exampleAuthz   = "127.0.0.1:9465"
	exampleService = "127.0.0.1:7070"
)

// guarded is a Gatehouse that answers an nginx in front of an S3-compatible server, all as the guide
// docs/guides/enforce.md has them.
type guarded struct {
	*server
	nginx   string // host:port
	service string // host:port of the S3-compatible server, past nginx
	home    *home
}

// startGuarded starts everything. Where service is not empty nginx stands in front of that instead.
func startGuarded(t *testing.T, e engine, service string) *guarded {
	t.Helper()
	needFile(t, "nginx", nginxProgram)
	needFile(t, "the AWS CLI of Debian", debianAWS)
	g := &guarded{server: startDemo(t, e, t.TempDir()), nginx: freeAddress(t), service: service, home: newHome(t)}
	g.home.config("")
	authz := freeAddress(t)
	g.serveWith(authz)
	if service == "" {
		g.startS3()
	}
	g.startNginx(authz)
	return g
}

// example returns a file of examples/enforce with other addresses.
func example(t testing.TB, name string, addresses ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "enforce", name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(addresses); i += 2 {
		if !strings.Contains(string(text), addresses[i]) {
			t.Fatalf("examples/enforce/%s does not mention %s", name, addresses[i])
		}
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(strings.NewReplacer(addresses...).Replace(string(text))), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// serveWith ends the demo and serves its organization with the guide's configuration.
func (g *guarded) serveWith(authz string) {
	g.t.Helper()
	g.end(syscall.SIGTERM)
	args := []string{"serve", "--config", example(g.t, "gatehouse.yaml", exampleAuthz, authz)}
	for _, a := range g.args[1:] {
		if a != "--json" {
			args = append(args, a)
		}
	}
	g.args = args
	g.start()
}

// startS3 starts the S3-compatible server with the guide's bucket in it.
func (g *guarded) startS3() {
	g.t.Helper()
	tool, err := filepath.Abs("../.tools/bin/versitygw")
	if err != nil {
		g.t.Fatal(err)
	}
	needFile(g.t, "versitygw", tool)
	g.service = freeAddress(g.t)
	cmd := exec.Command(tool, "--quiet", "--port", g.service, "posix", "--sidecar", g.t.TempDir(), g.t.TempDir())
	cmd.Env = append(cleanEnvironment(), "ROOT_ACCESS_KEY=service", "ROOT_SECRET_KEY=of the service itself")
	runBeside(g.t, "versitygw", cmd, g.service)
	own := aws.Credentials{AccessKeyID: "service", SecretAccessKey: "of the service itself"}
	policy, err := os.ReadFile("../examples/enforce/bucket-policy.json")
	if err != nil {
		g.t.Fatal(err)
	}
	for _, call := range []struct{ method, target, body string }{
		{http.MethodPut, "/" + bucket, ""}, {http.MethodPut, "/" + bucket + "?policy=", string(policy)}, {http.MethodPut, "/" + bucket + "/catalog/apples.txt", "apples\n"},
	} {
		if a := g.send3(own, g.service, s3Request{method: call.method, target: call.target, body: call.body}); a.Status/100 != 2 {
			g.t.Fatalf("%s %s: %d %s", call.method, call.target, a.Status, a.Body)
		}
	}
}

func (g *guarded) startNginx(authz string) {
	g.t.Helper()
	file := example(g.t, "nginx.conf", exampleNginx, g.nginx, exampleAuthz, authz, exampleService, g.service)
	cmd := exec.Command(nginxProgram, "-p", g.t.TempDir()+"/", "-c", file)
	cmd.Env = cleanEnvironment()
	runBeside(g.t, "nginx", cmd, g.nginx)
}

// runBeside runs a program until the test ends, and waits until it answers at an address.
func runBeside(t testing.TB, name string, cmd *exec.Cmd, address string) {
	t.Helper()
	said := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := cmd.Wait(); err != nil {
			said.say(fmt.Sprintf("%s ended: %v\n", name, err))
		}
	}()
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("end %s: %v", name, err)
		}
		<-ended
		if t.Failed() {
			t.Logf("%s said:\n%s", name, lastLines(said.String(), 20))
		}
	})
	for deadline := time.Now().Add(readyWithin); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("%s ended before it was ready:\n%s", name, said)
		default:
		}
		if resp, err := http.Get("http://" + address + "/"); err == nil {
			resp.Body.Close()
			return
		}
	}
	t.Fatalf("%s does not answer at %s:\n%s", name, address, said)
}

// s3Request is a request to the S3-compatible server, or to nginx before it.
type s3Request struct {
	method, target, body string
	at                   time.Time
	spoil                func(*http.Request)
}

// send3 signs a request for S3 and sends it. It goes by raw target, so that nothing cleans its path.
func (g *guarded) send3(c aws.Credentials, address string, in s3Request) answer {
	g.t.Helper()
	if in.at.IsZero() {
		in.at = time.Now()
	}
	req, err := http.NewRequestWithContext(g.t.Context(), in.method, "http://"+address+in.target, strings.NewReader(in.body))
	if err != nil {
		g.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(in.body))
	hash := hex.EncodeToString(sum[:])
	req.Header.Set("X-Amz-Content-Sha256", hash)
	signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
	if err := signer.SignHTTP(g.t.Context(), c, req, hash, "s3", region, in.at); err != nil {
		g.t.Fatal(err)
	}
	if in.spoil != nil {
		in.spoil(req)
	}
	return g.do(req)
}

// cli runs the AWS CLI with credentials against nginx.
func (g *guarded) cli(c aws.Credentials, args ...string) (string, error) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, debianAWS, append([]string{"--endpoint-url", "http://" + g.nginx}, args...)...)
	cmd.Env = g.home.environment("AWS_ACCESS_KEY_ID="+c.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+c.SecretAccessKey, "AWS_SESSION_TOKEN="+c.SessionToken,
		"AWS_DEFAULT_REGION="+region, "AWS_PAGER=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("aws %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// must3 runs the AWS CLI, which has to work and to print the text.
func (g *guarded) must3(c aws.Credentials, want string, args ...string) {
	g.t.Helper()
	if out, err := g.cli(c, args...); err != nil || !strings.Contains(out, want) {
		g.t.Errorf("aws %s: %v\n%s\nwant %q", strings.Join(args, " "), err, out, want)
	}
}

// refused3 runs the AWS CLI, which has to fail with the text.
func (g *guarded) refused3(c aws.Credentials, want string, args ...string) {
	g.t.Helper()
	if out, err := g.cli(c, args...); err == nil || !strings.Contains(out, want) {
		g.t.Errorf("aws %s works or fails otherwise, want %q: %v\n%s", strings.Join(args, " "), want, err, out)
	}
}

// A developer's ReadOnlyAccess in Production gets and lists objects through nginx, and neither puts
// nor deletes; administrators of other accounts get nothing; who loses the assignment gets no more.
func TestEnforceWithTheCLI(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		g := startGuarded(t, e, "")
		token := g.signInWithPKCE(g.user("SecureCart-Developers"), "scopes").AccessToken
		reader, err := g.roleCredentials(token, production, "ReadOnlyAccess")
		if err != nil {
			t.Fatal(err)
		}
		stranger, err := g.roleCredentials(token, dev, "AdministratorAccess")
		if err != nil {
			t.Fatal(err)
		}
		apples := "s3://" + bucket + "/catalog/apples.txt"
		file := filepath.Join(t.TempDir(), "pears.txt")
		if err := os.WriteFile(file, []byte("pears\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		g.must3(reader, "apples", "s3", "cp", apples, "-")
		g.must3(reader, "apples.txt", "s3", "ls", "s3://"+bucket+"/catalog/")
		g.refused3(reader, "(AccessDenied) when calling the PutObject operation: User: arn:aws:sts::"+production+":assumed-role/AWSReservedSSO_ReadOnlyAccess_",
			"s3", "cp", file, "s3://"+bucket+"/catalog/pears.txt")
		g.refused3(reader, "is not authorized to perform: s3:DeleteObject on resource: arn:aws:s3:::"+bucket+"/catalog/apples.txt because no identity-based policy allows",
			"s3", "rm", apples)
		g.refused3(stranger, "AccessDenied", "s3", "ls", "s3://"+bucket)

		operator, err := g.roleCredentials(g.signInWithPKCE(g.user("SecureCart-Ops"), "scopes").AccessToken, production, "AdministratorAccess")
		if err != nil {
			t.Fatal(err)
		}
		odd := "s3://" + bucket + "/catalog/more + ä pears (2).txt"
		g.must3(operator, "upload: ", "s3", "cp", file, odd)
		g.must3(reader, "pears", "s3", "cp", odd, "-")
		g.must3(operator, "delete: ", "s3", "rm", odd)

		g.unassign("SecureCart-Developers", production, "ReadOnlyAccess")
		g.endsSoon(reader)
		g.refused3(reader, "(403)", "s3", "cp", apples, "-")
		g.checkDecisions(operator, reader)
	})
}

// endsSoon waits until the credentials get nothing any more.
func (g *guarded) endsSoon(c aws.Credentials) {
	g.t.Helper()
	began := time.Now()
	for time.Since(began) < 10*time.Second {
		a := g.send3(c, g.nginx, s3Request{method: http.MethodGet, target: "/" + bucket + "/catalog/apples.txt"})
		if a.Status == http.StatusForbidden {
			g.t.Logf("access ended %s after the assignment", time.Since(began).Round(time.Millisecond))
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	g.t.Error("access lasts although the assignment is gone")
}

// unassign removes an assignment of a group, as an operator.
func (g *guarded) unassign(group, accountID, permissionSet string) {
	g.t.Helper()
	cfg := g.awsConfig(g.operator())
	admin := ssoadmin.NewFromConfig(cfg)
	sets, err := admin.ListPermissionSets(g.t.Context(), &ssoadmin.ListPermissionSetsInput{InstanceArn: &g.InstanceARN})
	if err != nil {
		g.t.Fatal(err)
	}
	for _, arn := range sets.PermissionSets {
		set, err := admin.DescribePermissionSet(g.t.Context(), &ssoadmin.DescribePermissionSetInput{InstanceArn: &g.InstanceARN, PermissionSetArn: &arn})
		if err != nil {
			g.t.Fatal(err)
		}
		if aws.ToString(set.PermissionSet.Name) != permissionSet {
			continue
		}
		groupID := g.lookUpGroup(identitystore.NewFromConfig(cfg), group)
		if _, err := admin.DeleteAccountAssignment(g.t.Context(), &ssoadmin.DeleteAccountAssignmentInput{InstanceArn: &g.InstanceARN, PermissionSetArn: &arn,
			PrincipalId: &groupID, PrincipalType: types.PrincipalTypeGroup, TargetId: &accountID, TargetType: types.TargetTypeAwsAccount}); err != nil {
			g.t.Fatal(err)
		}
		return
	}
	g.t.Fatalf("there is no permission set %s", permissionSet)
}

// checkDecisions looks for what was let through and what was not in the event trail of Production.
func (g *guarded) checkDecisions(operator, reader aws.Credentials) {
	g.t.Helper()
	for event, want := range map[string][]string{
		"ListObjects": {`"decision":"allow"`, `"accessKeyId":"` + reader.AccessKeyID + `"`, `"eventCategory":"Data"`, `"eventSource":"s3.amazonaws.com"`, `"managementEvent":false`},
		"PutObject":   {`"decision":"deny"`, `"errorCode":"AccessDenied"`, `"key":"catalog/pears.txt"`, `"recipientAccountId":"` + production + `"`},
	} {
		found := false
		for _, e := range g.server.events(operator, event) {
			text, all := mustJSON(g.t, e), true
			for _, w := range want {
				all = all && strings.Contains(text, w)
			}
			found = found || all
		}
		if !found {
			g.t.Errorf("the trail has no %s with %q", event, want)
		}
	}
}

// What is spoiled on its way does not get through, and nobody reaches the service under another name.
func TestEnforceRefusesAndTellsWho(t *testing.T) {
	onEachEngine(t, func(t *testing.T, e engine) {
		// The service shows what it gets.
		service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s %s\n", r.Method, r.RequestURI)
			if err := r.Header.Write(w); err != nil {
				t.Error(err)
			}
			if _, err := io.Copy(w, r.Body); err != nil {
				t.Error(err)
			}
		}))
		t.Cleanup(service.Close)
		g := startGuarded(t, e, strings.TrimPrefix(service.URL, "http://"))
		operator, err := g.roleCredentials(g.signInWithPKCE(g.user("SecureCart-Ops"), "scopes").AccessToken, production, "AdministratorAccess")
		if err != nil {
			t.Fatal(err)
		}
		g.tellsWho(operator)
		g.refuses(operator)
	})
}

func (g *guarded) tellsWho(operator aws.Credentials) {
	g.t.Helper()
	a := g.send3(operator, g.nginx, s3Request{method: http.MethodPut, target: "/shop/a%20key?tagging=", body: "<Tagging/>"})
	for _, want := range []string{
		"PUT /shop/a%20key?tagging=\n", "X-Gatehouse-User-Name: " + g.user("SecureCart-Ops").Username + "\r\n", "X-Gatehouse-Account: " + production + "\r\n",
		"X-Gatehouse-Permission-Set: AdministratorAccess\r\n", "X-Gatehouse-Decision: allow\r\n", "X-Gatehouse-Principal-Arn: arn:aws:sts::" + production + ":assumed-role/AWSReservedSSO_AdministratorAccess_",
		"<Tagging/>",
	} {
		if !strings.Contains(a.Body, want) {
			g.t.Errorf("the service is not told %q:\n%d %s", want, a.Status, a.Body)
		}
	}
	for _, secret := range []string{"Authorization:", operator.SessionToken, operator.AccessKeyID, "X-Original", "X-Gatehouse-Target", "X-Gatehouse-Error"} {
		if strings.Contains(a.Body, secret) {
			g.t.Errorf("the service is told %s", secret)
		}
	}
}

func (g *guarded) refuses(operator aws.Credentials) {
	g.t.Helper()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = []string{value} }
	}
	raw := func(target string) func(*http.Request) {
		return func(r *http.Request) { r.URL.Opaque = target }
	}
	for name, tt := range map[string]struct {
		in         s3Request
		code, text string
	}{
		"unsigned":           {s3Request{spoil: func(r *http.Request) { r.Header.Del("Authorization") }}, "AccessDenied", "Missing Authentication Token"},
		"tampered path":      {s3Request{spoil: raw("/shop/another")}, "SignatureDoesNotMatch", "does not match"},
		"tampered method":    {s3Request{spoil: func(r *http.Request) { r.Method = http.MethodDelete }}, "SignatureDoesNotMatch", "does not match"},
		"tampered token":     {s3Request{spoil: header("X-Amz-Security-Token", operator.SessionToken[1:])}, "InvalidAccessKeyId", "invalid"},
		"expired":            {s3Request{at: time.Now().Add(-16 * time.Minute)}, "RequestTimeTooSkewed", "too large"},
		"dot segments":       {s3Request{spoil: raw("/shop/../secret/key")}, "SignatureDoesNotMatch", ""},
		"spoofed account":    {s3Request{spoil: header("X-Gatehouse-Account", management)}, "AccessDenied", "is not a client"},
		"spoofed future":     {s3Request{spoil: header("X-Gatehouse-Anything", "x")}, "AccessDenied", "is not a client"},
		"spoofed method":     {s3Request{method: http.MethodDelete, spoil: header("X-Original-Method", "GET")}, "", "DELETE /shop/key"},
		"spoofed URI":        {s3Request{spoil: header("X-Original-Uri", "/shop/other")}, "", "GET /shop/key"},
		"spoofed address":    {s3Request{spoil: header("X-Real-Ip", "10.0.0.1")}, "", "GET /shop/key"},
		"override":           {s3Request{spoil: header("X-Http-Method-Override", "DELETE")}, "AccessDenied", "not accepted"},
		"added copy source":  {s3Request{method: http.MethodPut, spoil: header("X-Amz-Copy-Source", "/secret/key")}, "SignatureDoesNotMatch", "SignedHeader"},
		"signed dot segment": {s3Request{target: "/shop/a/../b"}, "InvalidURI", "dot segment"},
		"the question":       {s3Request{target: "/_gatehouse"}, "", "404 Not Found"},
	} {
		in := tt.in
		if in.method == "" {
			in.method = http.MethodGet
		}
		if in.target == "" {
			in.target = "/shop/key"
		}
		a := g.send3(operator, g.nginx, in)
		if tt.code == "" {
			if !strings.Contains(a.Body, tt.text) {
				g.t.Errorf("%s: %d %s, want %q", name, a.Status, a.Body, tt.text)
			}
			continue
		}
		if a.Status != http.StatusForbidden || !strings.Contains(a.Body, "<Code>"+tt.code+"</Code>") || !strings.Contains(a.Body, tt.text) {
			g.t.Errorf("%s: %d %s, want %s with %q", name, a.Status, a.Body, tt.code, tt.text)
		}
	}
}
