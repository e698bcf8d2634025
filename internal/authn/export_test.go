package authn

// PasswordKeys names the counters of a user name.
var PasswordKeys = passwordKeys
