// Package clock is where the program reads the time, and the only place that calls time.Now.
//
// Every service takes a Clock as a field, so that a test can say what time it is and a
// day-long rule (a lease that ends, a token that expires, a lockout that lifts) is tested in
// microseconds. System is the real clock. Fake stands still until Advance moves it, and then
// fires the timers that came due, in the order of their due times.
package clock
