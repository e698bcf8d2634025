// Package demo seeds SecureCart, the organization of the tutorial: four
// accounts, five groups with one person each, and the permission sets and
// assignments of its story. Everything goes through the services, as an
// administrator would do it, and is provisioned by the job queue into real roles.
//
// Passwords and authenticator secrets are drawn at random on the first start and
// kept in demo.json (mode 0600) in the data directory, so that they can be
// printed again and `gatehouse demo otp` can compute codes. That is what makes a
// demo a demo: it runs on loopback only and says so on every page.
package demo
