// Package fetch reads the public documents of OpenID Connect issuers over HTTPS, within bounds: time, size, no
// redirects, and no addresses that an outsider could use this server to reach.
//
// A document of the issuer itself may come from a private network or, over plain HTTP, from this machine: an
// administrator named that host. What the issuer's document points to on another host must be public. Link-local
// addresses, where clouds answer with the machine's own credentials, are never read.
//
// Package server wires it into oidc.Verifier; OpenID Connect Discovery 1.0 section 4 says what is read.
package fetch
