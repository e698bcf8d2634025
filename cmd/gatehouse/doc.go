// Command gatehouse is the whole product in one binary: the server (serve), a
// ready-made organization to try (demo), and the administrator's tools. Some talk
// to the running server over its control socket (admin, audit); export and test
// read an organization, this server's or Amazon's, through AWS's APIs; policy
// needs no server at all.
//
// Errors name the cause and the next step and exit with 1; a wrong command line
// exits with 2.
package main
