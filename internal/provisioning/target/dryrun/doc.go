// Package dryrun is a target that changes nothing: it remembers in memory what
// would have been written, for plans and for accounts that are not connected yet.
package dryrun
