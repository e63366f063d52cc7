package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/cfn"
)

// DescribeAhead loads an estate with everything read ahead, or with nothing, and describes it.
func DescribeAhead(stacks []Stack, ahead bool) string {
	before := fewest
	defer func() { fewest = before }()
	if fewest = 1 << 30; ahead {
		fewest = 0
	}
	e := Load(stacks, Beside{})
	var b strings.Builder
	fmt.Fprintln(&b, e.Taken, len(e.Findings))
	for _, w := range e.Worlds {
		fmt.Fprintln(&b, w.Conditions, w.Told)
		for _, p := range w.Principals {
			fmt.Fprintln(&b, p.ID, p.Also, p.Kind, p.ARN, p.Shown, p.Note, p.Account, p.Tags,
				p.AsFar, p.MayBecome, p.Reads, p.ReadsOnly, p.Told, p.SessionTags)
			for _, d := range p.Identity {
				describeDocument(&b, d)
			}
			describeDocument(&b, p.Boundary)
		}
		for _, s := range w.Secrets {
			fmt.Fprintln(&b, s.ID, s.Also, s.Name, s.Account, s.Note, s.Function, s.RotationRole,
				s.Rotates, s.Tags, s.KnownTags, s.Type, s.Told, s.Pattern)
			for _, d := range s.Policy {
				describeDocument(&b, d)
			}
			for _, c := range s.Copies {
				fmt.Fprintln(&b, c.Region, c.ARN, c.KeyUnread, c.KeyUnstated)
				if k := c.Key; k != nil {
					fmt.Fprintln(&b, k.ID, k.ARN, k.Aliases, k.Tags, k.Told)
					describeDocument(&b, k.Policy)
				}
			}
		}
	}
	return b.String()
}

func describeDocument(b *strings.Builder, d *Document) {
	if d == nil {
		return
	}
	fmt.Fprintln(b, d.Name(), d.Stack, d.LogicalID, d.ARN, d.Told, content(d))
	for i := range d.Rules.Statements {
		by := Deciding{Document: d, Rule: &d.Rules.Statements[i]}
		fmt.Fprintln(b, by.Because())
	}
}

// TestNotAhead: of stacks of which something asks for what is outside them nothing is read ahead,
// and what others have is not lost.
func TestNotAhead(t *testing.T) {
	before := fewest
	defer func() { fewest = before }()
	fewest = 0
	secret := func(name any) *cfn.Resource {
		return &cfn.Resource{Type: secretType, Properties: cfn.Object{{Key: "Name", Value: name}}}
	}
	template := func(r map[string]*cfn.Resource) *cfn.Template {
		return &cfn.Template{Resources: r}
	}
	exporting := template(map[string]*cfn.Resource{"A": secret("a")})
	exporting.Outputs = map[string]*cfn.Output{"Name": {Verbatim: cfn.Object{
		{Key: "Value", Value: "b"},
		{Key: "Export", Value: cfn.Object{{Key: "Name", Value: "name"}}},
	}}}
	imported := cfn.Object{{Key: "Fn::ImportValue", Value: "name"}}
	l := newDeployment([]Stack{
		{File: "one", Account: "111111111111", Region: "eu-west-1", Template: exporting},
		{File: "two", Account: "111111111111", Region: "eu-west-1",
			Template: template(map[string]*cfn.Resource{"B": secret(imported), "C": secret("c")})},
	}, Beside{}).open(nil)
	l.read()
	var names, ahead []string
	for _, s := range l.secretList {
		names = append(names, s.Name)
	}
	for _, s := range l.stacks {
		ahead = append(ahead, slices.Sorted(maps.Keys(s.ahead.secrets))...)
	}
	if fmt.Sprint(names, ahead) != "[a b c] [A]" {
		t.Errorf("%q, ahead %q", names, ahead)
	}
}
