// Command gatehouse is the whole product in one binary: the server (serve), a
// ready-made organization to try (demo), and the administrator's tools, which
// talk to the running server over its control socket.
//
// Errors name the cause and the next step and exit with 1; a wrong command line
// exits with 2.
package main
