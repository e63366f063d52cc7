package cli

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// dimension is one thing that there can be more and more of, all else being as it is.
type dimension struct {
	name  string
	args  string
	files func(n int) map[string]string
	code  int // the exit code
	few   int // how many are told from four times as many
	most  int // as many as with GROWTH=full
}

// head begins a spec whose secrets are spread over stacks of so many.
func head(secrets int) string {
	const inStack = 100
	shards := ""
	if secrets > inStack {
		shards = fmt.Sprintf("shards: %d\n", min(secrets/inStack, 1000))
	}
	return boundsHead + shards
}

// inOne is a dimension of one spec, which is compiled to a directory.
func inOne(write func(n int) string) func(n int) map[string]string {
	return func(n int) map[string]string { return map[string]string{"f.yaml": write(n)} }
}

// teams are principals that resource policies name.
func teams(n int) string {
	return "principals:\n" + numbered(n, "  team%[1]d: { rolePattern: "+
		"'arn:aws:iam::111111111111:role/sso/team%[1]d_*' }\n")
}

// lines writes a line for each number below n.
func lines(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i))
	}
	return b.String()
}

// granted are secrets, each with a grant to one of so many teams.
func granted(secrets, of int, more string) string {
	return "secrets:\n" + lines(secrets, func(i int) string {
		return fmt.Sprintf("  s%d: { name: app/s%d, grants: { read: team%d }%s }\n", i, i, i%of,
			more)
	})
}

const compiles = "compile -q -o out f.yaml"

// dimensions are all that is known to grow in what people use secretctl for.
var dimensions = []dimension{
	{name: "secrets", args: compiles, few: 500, most: 20_000, files: inOne(func(n int) string {
		return head(n) + teams(n/50) + granted(n, n/50, "")
	})},
	{name: "principals", args: compiles, few: 250, most: 20_000, files: inOne(func(n int) string {
		return head(n/10) + teams(n) + "secrets:\n" + lines(n/10, func(i int) string {
			return fmt.Sprintf("  s%d: { name: app/s%d, grants: { read: [ %s ] } }\n", i, i,
				lines(10, func(j int) string { return fmt.Sprintf("team%d, ", 10*i+j) }))
		})
	})},
	{name: "grants", args: compiles, few: 500, most: 20_000, files: inOne(func(n int) string {
		return head(n) + teams(n/50) + "secrets:\n" + numbered(n, "  s%[1]d: { name: app/s%[1]d }\n") +
			"grants:\n" +
			lines(n, func(i int) string {
				return fmt.Sprintf("  - { to: team%d, allow: read, secrets: s%d }\n", i%(n/50), i)
			})
	})},
	{name: "keys", args: compiles, few: 500, most: 20_000, files: inOne(func(n int) string {
		return head(n) + teams(n/50) + "keys:\n" + numbered(n, "  k%[1]d: { import: { arn: "+
			"'arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-%012[1]d' } }\n") +
			"secrets:\n" + lines(n, func(i int) string {
			return fmt.Sprintf("  s%d: { name: app/s%d, key: k%d, grants: { read: team%d } }\n", i, i,
				i, i%(n/50))
		})
	})},
	{name: "replicas", args: compiles, few: 200, most: 20_000, files: inOne(func(n int) string {
		return head(n) + teams(n/50) + granted(n, n/50, ", replicas: [ us-east-1, us-west-2 ]")
	})},
	{name: "accounts", args: compiles, few: 25, most: 100, files: inOne(func(n int) string {
		return head(n) + "keys: { main: { alias: main, pinSecrets: false } }\nprincipals:\n" +
			numbered(n, "  team%[1]d: { account: '2%011[1]d' }\n") +
			granted(n, n, ", key: main")
	})},
	{name: "globs", args: compiles, few: 500, most: 5_000, files: inOne(func(n int) string {
		return head(n/10) + teams(10) + "secrets:\n" + numbered(n/10,
			"  s%[1]d-x: { name: app/s%[1]d }\n") + "grants:\n" + lines(n, func(i int) string {
			return fmt.Sprintf("  - { to: team%d, allow: read, secrets: 's%d-*' }\n", i%10, i%(n/10))
		})
	})},
	{name: "assertions", args: compiles, few: 250, most: 10_000, files: inOne(func(n int) string {
		return head(n) + teams(n/50) + granted(n, n/50, "") + "assert:\n" +
			lines(n, func(i int) string {
				return fmt.Sprintf("  - { principal: team%d, can: read, secrets: s%d }\n",
					i%(n/50), i)
			})
	})},
	{name: "verbatim resources", args: compiles, few: 100, most: 450,
		files: inOne(func(n int) string {
			return boundsHead + "secrets: { a: {} }\nresources:\n" + numbered(n,
				"  R%[1]d: { Type: AWS::SNS::Topic, Properties: { DisplayName: !Sub "+
					"'${AWS::StackName}-topic-%[1]d' } }\n")
		})},
	{name: "hidden lines", args: "validate f.yaml", code: exitErrors, few: 2000, most: 100_000,
		files: inOne(func(n int) string {
			return boundsHead + "secrets:\n  s:\n    value:\n      literal: |\n" +
				numbered(n, "        a line of a secret, and it is number %[1]d\n")
		})},
	{name: "files", args: "compile -q -o out specs", few: 100, most: 5_000,
		files: func(n int) map[string]string {
			all := map[string]string{"specs/head.yaml": head(n) + teams(10)}
			for i := range n {
				all[fmt.Sprintf("specs/f%d.yaml", i)] = fmt.Sprintf(
					"secrets:\n  s%d: { name: app/s%d, grants: { read: team%d } }\n", i, i, i%10)
			}
			return all
		}},
	{name: "templates", args: "access --format csv dir@111111111111:eu-west-1", few: 20, most: 200,
		files: func(n int) map[string]string {
			all := map[string]string{}
			for i := range n {
				all[fmt.Sprintf("dir/t%d.yaml", i)] = fmt.Sprintf(`Resources:
  S%[1]d: { Type: AWS::SecretsManager::Secret, Properties: { Name: app/s%[1]d } }
  R%[1]d: { Type: AWS::IAM::Role, Properties: { RoleName: r%[1]d, Policies: [ { PolicyName: p,
    PolicyDocument: { Statement: [ { Effect: Allow, Action: 'secretsmanager:GetSecretValue',
    Resource: !Ref S%[1]d } ] } } ] } }
`, i)
			}
			return all
		}},
}

// prepare writes the files of a dimension.
func (d dimension) prepare(tb testing.TB, n int) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	for name, text := range d.files(n) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// run runs the command line of a dimension, which has to come to its end.
func (d dimension) run(tb testing.TB, dir string) {
	tb.Helper()
	var said strings.Builder
	os.RemoveAll(filepath.Join(dir, "out"))
	if code := Run(strings.Fields(d.args), Env{Stderr: &said, Dir: dir}); code != d.code {
		tb.Fatalf("exit %d, not %d: %.2000s", code, d.code, said.String())
	}
}

// allocated returns how many bytes a run allocates, at least: what is kept for each worker depends
// on how the work happens to be divided.
func (d dimension) allocated(t *testing.T, n int) float64 {
	t.Helper()
	dir := d.prepare(t, n)
	least := math.Inf(1)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d.run(t, dir)
		runtime.ReadMemStats(&after)
		least = min(least, float64(after.TotalAlloc-before.TotalAlloc))
	}
	return least
}

// mostGrowth is the exponent that nothing may grow by: a little more than in proportion.
const mostGrowth = 1.15

// TestGrowthIsLinear: of four times as many things not much more than four times the bytes are
// allocated. GROWTH=full tells 1,000 from as many as there can be.
func TestGrowthIsLinear(t *testing.T) {
	full := os.Getenv("GROWTH") == "full"
	if testing.Short() && !full {
		t.Skip("it compiles some dozen specs of a thousand things")
	}
	for _, d := range dimensions {
		t.Run(d.name, func(t *testing.T) {
			few, many := d.few, 4*d.few
			if full {
				few, many = d.most/20, d.most
			}
			d.run(t, d.prepare(t, few)) // what is made on first use is made
			less, more := d.allocated(t, few), d.allocated(t, many)
			exponent := math.Log(more/less) / math.Log(float64(many)/float64(few))
			t.Logf("%d: %.1f MB, %d: %.1f MB, exponent %.2f", few, less/1e6, many, more/1e6,
				exponent)
			if exponent > mostGrowth {
				t.Errorf("bytes grow by n^%.2f, more than n^%.2f", exponent, mostGrowth)
			}
		})
	}
}

// BenchmarkGrowth measures each dimension: what a run takes, from its command line to its end.
func BenchmarkGrowth(b *testing.B) {
	for _, d := range dimensions {
		for _, n := range []int{d.few, 4 * d.few} {
			b.Run(fmt.Sprintf("%s=%d", strings.ReplaceAll(d.name, " ", "-"), n),
				func(b *testing.B) {
					dir := d.prepare(b, n)
					b.ReportAllocs()
					for b.Loop() {
						d.run(b, dir)
					}
				})
		}
	}
}
