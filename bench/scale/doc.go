// Scale measures Gatehouse with as much in it as the largest organizations have: 10,000 permission sets,
// 100,000 users, 20,000 groups, 2,000 accounts and 1,000,000 assignments (at -size 1).
//
//   - generate.go fills the database of a demo that has been stopped, through package store: the same rows
//     that the services write, in transactions of thousands. The roles and the records of what is
//     provisioned are there too, so that a server that starts on it finds nothing to do.
//   - calls.go are the calls that are measured with the AWS SDK for Go, one after the other: each List page
//     and Describe that people page through, and what a person with 500 accounts asks of the portal.
//   - provision.go times how long 1,200 account assignments take to be roles.
//
// The server is the program itself, in a process of its own (package running). What is shown is what a
// client waits for, signing and reading included; budgets are printed beside it, and a missed one is no
// failure of the program.
//
//	go run ./bench/scale                       the whole of it: some minutes on SQLite
//	go run ./bench/scale -size 0.01            a hundredth of everything
//	go run ./bench/scale -database postgres://user:secret@host/empty
//	go run ./bench/scale -keep DIR             leaves the data there, or measures what an earlier run left
//	go run ./bench/scale -json                 for machines
package main
