package e2e

import (
	"fmt"
	"os"
	"testing"
)

// TestMain also serves as the entry of the helper process that lives in a namespace: the tests start
// their own program again with namespaceVariable set.
func TestMain(m *testing.M) {
	if os.Getenv(namespaceVariable) != "" {
		os.Exit(namespaceMain(os.Args[1:]))
	}
	code := m.Run()
	if err := cleanUp(); err != nil {
		fmt.Fprintln(os.Stderr, "clean-up:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// cleanUp ends what tests share.
func cleanUp() error {
	err := sharedPostgres.stop()
	if program.dir != "" {
		if e := os.RemoveAll(program.dir); err == nil {
			err = e
		}
	}
	return err
}

// need skips the test for want of a part, or fails it where all parts are promised.
func need(t testing.TB, part string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("GATEHOUSE_E2E_REQUIRE") == "1" {
		t.Fatalf("%s is required: %v (scripts/install installs it)", part, err)
	}
	t.Skipf("needs %s: %v", part, err)
}

// needFile is need for a program or file that must exist.
func needFile(t testing.TB, part, path string) {
	t.Helper()
	_, err := os.Stat(path)
	need(t, part, err)
}
