package mask_test

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

// Which words a file shows that is not YAML: those of the language and of CloudFormation, and
// values that are no secrets.
func TestMaskTextKnowsTheLanguage(t *testing.T) {
	for _, c := range [][2]string{
		{"secrets:\n  db:\n    KmsKeyId: app\n", "secrets:\n  db:\n    KmsKeyId: app\n"},
		{
			"secrets:\n  db:\n    recovery_window_in_days: 7\n",
			"secrets:\n  db:\n    recovery_window_in_days: 7\n",
		},
		{"secrets:\n  db:\n    policy: hunter2\n", "secrets:\n  db:\n    policy: *******\n"},
		{
			"secrets:\n  db:\n    SecretString: hunter2\n",
			"secrets:\n  db:\n    SecretString: *******\n",
		},
		{"secrets:\n  db:\n    hunter2: x\n", "secrets:\n  db:\n    **********\n"},
		{"secrets:\n  string: hunter2\n", "secrets:\n  string: *******\n"},
		{
			"keys:\n  app: { alias: a }\n  password: hunter2\n",
			"keys:\n  app: { alias: a }\n  *****************\n",
		},
		{
			"grants:\n  - { to: app, default: hunter2 }\n",
			"grants:\n  - { to: app, ******************\n",
		},
		{"outputs:\n  O: hunter2\n", "outputs:\n  O: *******\n"},
		{
			"exportAll: true\nsilence:\n  - code: SC1\n",
			"exportAll: ****\nsilence:\n  - code: SC1\n",
		},
		{
			"parameters:\n  P:\n    NoEcho: true\n    Default: hunter2\n",
			"parameters:\n  P:\n    NoEcho: ****\n    Default: *******\n",
		},
		{
			"assert:\n  - { given: { P: hunter2 } }\n",
			"assert:\n  - { ***********************\n",
		},
		{
			"description: see a://b:hunter2@c\nkeys: { k: { description: \"pwd=hunter2\" }\n",
			"description: see a://b:*******@c\nkeys: { k: { description: \"pwd=*******\" }\n",
		},
		{
			"description: |\n  -----BEGIN PRIVATE KEY-----\n  ab\n  -----END PRIVATE KEY-----\n}",
			"description: |\n  -----BEGIN PRIVATE KEY-----********-----END PRIVATE KEY-----\n}",
		},
	} {
		f := source.New("spec.yaml", []byte(c[0]))
		m := &source.Masks{}
		spec.MaskText(f, m)
		got := []byte(c[0])
		for _, s := range m.Within(source.Span{File: f, End: int32(len(got))}) {
			copy(got[s.Start:s.End], strings.Repeat("*", int(s.End-s.Start)))
		}
		if string(got) != c[1] {
			t.Errorf("%q:\n got %q\nwant %q", c[0], got, c[1])
		}
	}
}
