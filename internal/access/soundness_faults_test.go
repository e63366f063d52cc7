package access_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// fault is a mistake that the generated estates must find: a text of a file, which is there once,
// with another in its place.
type fault struct{ file, text, with string }

var faults = []fault{
	// Who calls.
	{"caller.go", `case p.Kind == UserPrincipal, p.kindOfPattern("user/"):`,
		`case p.kindOfPattern("user/"):`},
	{"caller.go", `if p.AsFar && !v.same(owner, p.Account) {`, `if p.AsFar {`},
	{"caller.go", `	case AccountPrincipal, OrganizationPrincipal, EverybodyPrincipal:
		return true`, `	case AccountPrincipal, OrganizationPrincipal:
		return true`},
	{"facts_caller.go", `case p.SessionTags || !p.KnownTags || strings.HasPrefix(name, "aws:"):`,
		`case !p.KnownTags || strings.HasPrefix(name, "aws:"):`},
	{"facts_caller.go", `return certain(p.ARN[strings.LastIndexByte(p.ARN, '/')+1:])`,
		`return absent`},
	{"load_principals.go", `who.p.SessionTags = !trust.read || letsPassTags(who.trust)`,
		`who.p.SessionTags = false`},
	// What is called.
	{"facts.go", `return told(c.s.Tags, name, "secret tag")`,
		`return told(nil, name, "secret tag")`},
	{"facts.go", `return told(c.key.Tags, name, "key tag")`,
		`return told(c.s.Tags, name, "key tag")`},
	{"facts.go", `return certain(viaService(c.arn, c.via.region))`,
		`return certain(viaService(c.arn, "us-east-1"))`},
	{"facts.go", `return certain(c.region)`, `return certain("us-east-1")`},
	// Which permissions a call takes.
	{"calls.go", `c.home = []aws.Action{"kms:Decrypt"}
	case "secretsmanager:PutSecretValue":`, `
	case "secretsmanager:PutSecretValue":`},
	{"calls.go", `c.replicas = c.home`, `c.replicas = nil`},
	{"calls.go", `q.Policies.Key = c.key != nil`, `q.Policies.Key = false`},
	{"calls.go", `if b := boundary; b != nil {`, `if b := boundary; b != nil && false {`},
	{"calls.go", `	for _, account := range unstatedMayBe(p, s) {`,
		`	for _, account := range unstatedMayBe(p, s)[:0] {`},
	// How answers are put together.
	{"ask.go", `		case a.Effect != out.Effect:
			out.unknownAs(`, `		case false:
			out.unknownAs(`},
	{"ask.go", `	case len(answers):
		only = nil`, `	case len(answers):`},
	{"worlds.go", `	case least == most:
		out.Effect = least`, `	case true:
		out.Effect = most`},
	{"report_ask.go", `if one := get(c); one.Effect > covered[action] {`,
		`if one := get(c); one.Effect > Conditional && one.Effect > covered[action] {`},
	{"finder.go", `	add(f.direct[p.ARN])`, ``},
	{"finder.go", `case r.NotResources && t == cfn.Yes && !strings.Contains(r.Resources[i], "${"):`,
		`case r.NotResources && t != cfn.No:`},
	{"witness.go", `for _, name := range []string{key, f.Name} {`,
		`for _, name := range []string{f.Name} {`},
}

// TestGeneratedEstatesFindPlantedFaults plants some faults; FAULTS=all plants every one, FAULTS=1,2
// those two.
func TestGeneratedEstatesFindPlantedFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("faults are planted in many generated estates")
	}
	if os.Getenv("FAULTS") == "planted" || os.Getenv("SOUNDNESS") != "" {
		return
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range faults {
		source, err := os.ReadFile(f.file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), f.text); n != 1 {
			t.Errorf("%s has %d places like %s", f.file, n, f.text)
			continue
		}
		if chosenFault(i) && !isFound(t, here, f, string(source)) {
			t.Errorf("nothing finds fault %d: %s says\n%s\ninstead of\n%s", i, f.file, f.with,
				f.text)
		}
	}
}

// chosenFault says whether a fault is planted: two of them, or those whose numbers FAULTS lists.
func chosenFault(i int) bool {
	switch list := os.Getenv("FAULTS"); list {
	case "all":
		return true
	case "":
		return i == 3 || i == 12
	default:
		return slices.Contains(strings.Split(list, ","), strconv.Itoa(i))
	}
}

// isFound runs the sample with a fault and says whether it fails.
func isFound(t *testing.T, here string, f fault, source string) bool {
	t.Helper()
	dir := t.TempDir()
	faulty := filepath.Join(dir, f.file)
	source = strings.Replace(source, f.text, f.with, 1)
	if err := os.WriteFile(faulty, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(here,
		f.file): faulty}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command("go", "test", "-vet=off", "-overlay", filepath.Join(dir, "overlay.json"),
		"-run", "^TestAnswersAreSound$", ".")
	run.Env = append(os.Environ(), "FAULTS=planted")
	out, err := run.CombinedOutput()
	if strings.Contains(string(out), "[build failed]") {
		t.Errorf("the fault cannot be planted in %s: %s", f.file, out)
	}
	return err != nil
}
