// Policy measures decisions of the policy engine beside cedar-go, in one sitting on one machine, because only
// ratios of one sitting mean anything.
//
// Both engines decide the same requests under the same policies, loaded and compiled before the clock starts:
//
//   - admin: AdministratorAccess, one statement;
//   - ten: ten statements with conditions, 1.5 KB;
//   - large: 43 statements, 6 KB, and one service control policy of five statements;
//   - readonly: AWS's ReadOnlyAccess, thousands of action names, and five service control policies on three levels.
//
// workloads.go makes the policies and requests, cedar.go says the same in Cedar: one Cedar policy per statement, one
// policy set for what grants and one per level of service control policies, each of which must permit. Cedar's
// patterns know no "?", and its "like" is case-sensitive; the workloads need neither.
//
//	go run ./bench/policy                     the table: the least of several rounds, and the ratios
//	go test -bench . -benchmem ./bench/policy the same as Go benchmarks
//
// The test in this folder checks that both engines decide every request as expected, so that equal work is compared.
// Budgets are printed with the measured value; a missed one is no failure.
package main
