// Package destination holds the places that trails deliver to: folders of the
// machine's own file system, and buckets of S3 and of what speaks its protocol.
// Package server makes them from the configuration and hands them to package trail,
// which knows no file system and no network.
package destination
