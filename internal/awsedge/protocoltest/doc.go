// Package protocoltest proves the codecs of awsedge against what AWS's own SDK
// puts on the wire. It has tests only.
//
//   - request_test.go decodes every request snapshot of the AWS SDK for Go v2
//     into our types, writes it again and compares; and sends it through a
//     Gateway to see that the operation is recognised.
//   - response_test.go reads every response and error snapshot into our types,
//     encodes it with our codecs and compares.
//   - sdkclient_test.go lets the SDK's own clients read what we encode, for
//     every operation of the services that have no response snapshots.
//   - roundtrip_test.go fills every input and output of every model, encodes
//     and decodes it.
//   - faults_test.go crosses every kind of error with every service.
//
// The snapshots are part of the SDK's modules and are read from the module
// cache, whose place the go tool tells.
package protocoltest
