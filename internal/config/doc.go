// Package config reads the server's configuration: a YAML file, then the
// environment (GATEHOUSE_...), then the command line, each overriding the one
// before. Every setting has a default that is safe, and a bad value is refused
// with the file, the line and what to write instead; nothing starts on a guess.
//
// docs/operating/configuration.md lists the settings for people; a test holds it
// against this package.
package config
