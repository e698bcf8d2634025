package config

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEverySettingIsDocumented holds docs/operating/configuration.md against the settings there are.
func TestEverySettingIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/operating/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range settingNames(reflect.TypeFor[Config](), "") {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/operating/configuration.md does not explain %s", name)
		}
	}
}
