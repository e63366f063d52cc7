package golden

import (
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"

	"github.com/secretctl/secretctl/internal/expect"
	"github.com/secretctl/secretctl/schema"
)

// TestVersionKeepsToItsSchema: what version --format json prints, and what it prints of a build
// that nobody knows, follow the schema; other documents do not.
func TestVersionKeepsToItsSchema(t *testing.T) {
	expect.InRoot(t)
	s, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(schema.Version))
	if err != nil {
		t.Fatal(err)
	}
	release := readCase(t, "commands/version-json").want["stdout"]
	unknown := `{"version": "devel", "modified": false, "go": "go1.26.0", "platform": "js/wasm"}`
	for _, good := range []string{release, unknown} {
		for _, wrong := range against(t, s, good) {
			t.Errorf("%s: %s", good, wrong)
		}
	}
	for _, change := range [][2]string{
		{`"v1.2.3"`, `"1.2.3"`},
		{`"commit": "`, `"commit": "g`},
		{`"modified": false`, `"modified": "no"`},
		{`"go"`, `"built"`},
	} {
		bad := strings.Replace(release, change[0], change[1], 1)
		if bad == release || len(against(t, s, bad)) == 0 {
			t.Errorf("%s instead of %s is accepted", change[1], change[0])
		}
	}
}
