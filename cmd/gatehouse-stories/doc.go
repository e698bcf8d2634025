// Command gatehouse-stories serves every page of Gatehouse in every state, each
// at its own address, with made-up data and no product behind it: a place to look
// at pages while they are being designed, and for browser tests of their looks.
//
//	go run ./cmd/gatehouse-stories -listen 127.0.0.1:8090
//
// It serves the stories of internal/webui/stories. Forms lead back to the list.
package main
