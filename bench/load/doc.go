// Load measures a running Gatehouse over HTTP beside what it is to be measured against, in one sitting
// on one machine, because only ratios of one sitting mean anything.
//
// # What runs
//
//   - the product: `gatehouse demo`, built by this program and restarted on the data of its first start
//     (product.go); one person signs in through the pages, as a browser would (package running), and approves
//     one device for every connection, so that each has tokens and credentials of its own;
//   - the ceiling: this program again, as a server of its own process (ceiling.go). It answers a POST
//     with 300 bytes, or does so after the bare computations of a SigV4 check: what net/http can do here;
//   - the peer: moto's server (peer.go) where it is installed. It keeps everything in memory and verifies
//     no signature. Where it is missing only the ceilings are compared;
//   - the disk (disk.go): how long 4 KiB take to become durable, which every recorded call waits for.
//
// Every server is one process; client and servers share the machine's processors, and only one server
// is loaded at a time. The client (client.go) is one thread with keep-alive connections. Each row is
// warmed up, measured for -duration, and repeated -rounds times with the other rows in between; the
// table shows medians (report.go). CPU per request is the server's own, from /proc, and moves least when
// the machine does other things.
//
//	go run ./bench/load                    the table
//	go run ./bench/load -json              the same for machines
//	go run ./bench/load -only GetRole      rows whose name contains a text
//	go run ./bench/load -duration 2s -rounds 1
//
// Starts are measured from exec to the line that says ready, memory as VmRSS. Nothing leaves loopback,
// and what was started is ended. Budgets are printed with the measured value; a missed one is no failure.
package main
