package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-idc/gatehouse/conformance/model"
)

// Client sends calls to one endpoint.
type Client struct {
	Endpoint string // "http://127.0.0.1:8400"
	Region   string
	Now      func() time.Time
	HTTP     *http.Client
}

// Call is one request. Credentials nil means unsigned.
type Call struct {
	Service     *model.Service
	Operation   *model.Operation
	Input       map[string]any
	Credentials *aws.Credentials
}

// Answer is what came back.
type Answer struct {
	Status    int
	Header    http.Header
	Body      string
	Output    map[string]any // of a success
	Code      string         // of an error: "ConflictException"
	Message   string
	Reason    string
	RequestID string
	Malformed string // what is wrong with the form of the answer, or ""
}

// maxAnswer is the longest answer that is read, in bytes.
const maxAnswer = 16 << 20

// Do sends a call and reads the answer. An error means that there was none.
func (c *Client) Do(ctx context.Context, call Call) (*Answer, error) {
	m, err := encode(call)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, m.method, c.Endpoint+m.uri, bytes.NewReader(m.body))
	if err != nil {
		return nil, err
	}
	for name, value := range m.header {
		req.Header.Set(name, value)
	}
	if call.Credentials != nil && call.Operation.AuthType != "none" {
		sum := sha256.Sum256(m.body)
		err := v4.NewSigner().SignHTTP(ctx, *call.Credentials, req, hex.EncodeToString(sum[:]),
			call.Service.Metadata.SigningName, c.Region, c.Now())
		if err != nil {
			return nil, err
		}
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", call.Operation.Name, err)
	}
	a := &Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(body)}
	a.read(call)
	return a, nil
}

// read understands the body in the call's protocol.
func (a *Answer) read(call Call) {
	a.RequestID = a.Header.Get("X-Amzn-Requestid")
	switch {
	case call.Service.Metadata.Protocol == model.Query:
		a.readXML(call)
	default:
		a.readJSON(call)
	}
	if a.Status < 300 {
		a.Code, a.Message, a.Reason = "", "", ""
	}
}

// shorten cuts an error's name as clients do: after "#", before ":".
func shorten(code string) string {
	code, _, _ = strings.Cut(code, ":")
	if _, after, found := strings.Cut(code, "#"); found {
		code = after
	}
	return code
}
