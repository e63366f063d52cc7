package grants

import (
	"fmt"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/model"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/spec"
)

const (
	header = "version: 1\nstack: app\n"
	home   = `environment: { account: "111111111111", region: eu-west-1 }` + "\n"
)

// derive returns what a spec without errors grants. What it does not state itself of its head is
// added.
func derive(t *testing.T, text string) Permissions {
	t.Helper()
	text = header + text
	if !strings.Contains(text, "environment:") {
		text += "\n" + home
	}
	s, _, found := spec.Load([]*source.File{source.New("spec.yaml", []byte(text))})
	if s == nil {
		t.Fatalf("%s\n%s", found[0].Says(nil), text)
	}
	m, list := model.Resolve(s)
	if found = append(found, list...); found.HasErrors() {
		for _, d := range found {
			t.Log(d.Code.Number, d.Says(nil))
		}
		t.Fatal(text)
	}
	return Derive(m)
}

// documents writes every statement of a placement after the name of the document it stands in. Of
// key policies it leaves out the three statements that every key's has.
func documents(p Placement) []string {
	var out []string
	for _, id := range p.Identities {
		for _, part := range id.Parts {
			name := strings.TrimSpace("identity of " + id.To.ID + " " + id.Condition + part.Suffix)
			out = append(out, written(name, part.Document)...)
		}
	}
	for _, rp := range p.ResourcePolicies {
		out = append(out, written("policy of secret "+rp.Secret.ID, rp.Written())...)
	}
	for _, kp := range p.KeyPolicies {
		name := strings.TrimSpace("policy of key " + kp.Key.ID + " " + kp.Stack.Region)
		out = append(out, written(name, kp.Document[3:])...)
	}
	for _, h := range p.HandOvers {
		out = append(out, written(h.Document+" of "+shown(h.Of), policy.Document(h.Statements))...)
	}
	return out
}

func written(name string, d policy.Document) []string {
	var out []string
	for _, s := range d {
		var b strings.Builder
		if s.Verbatim != nil {
			out = append(out, name+": the user's own statement")
			continue
		}
		fmt.Fprintf(&b, "%s: %s %s", name, s.Effect, strings.Join(short(s.Action), ","))
		who := append(shownAll(s.Principal.AWS), s.Principal.Service...)
		if s.Principal.Any {
			who = []string{"*"}
		}
		if len(who) > 0 {
			b.WriteString(" to " + strings.Join(who, " or "))
		}
		if len(who) == 0 || s.Resource[0] != "*" {
			b.WriteString(" on " + strings.Join(shownAll(s.Resource), " and "))
		}
		text := wrapped(b.String())
		for _, c := range s.Condition {
			values := strings.Join(shownAll(c.Values), " or ")
			text += "\n" + wrapped("  if "+c.Operator+" "+c.Key+" "+values)
		}
		out = append(out, text)
	}
	return out
}

// replicaOfDb is the ARN of a replica of the secret db, as the home stack writes it.
const replicaOfDb = `{"Fn::Join":[":",["arn","aws","secretsmanager","us-east-1","111111111111",` +
	`"secret",{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"DbSecret"}]}]}]]}`

// wrapped breaks a statement into lines that are easy to read.
func wrapped(statement string) string {
	var b strings.Builder
	length := 0
	statement = strings.ReplaceAll(statement, replicaOfDb, "<replica>")
	for _, word := range strings.SplitAfter(statement, " ") {
		if length > 0 && length+len(word) > 96 {
			b.WriteString("\n    ")
			length = 4
		}
		b.WriteString(word)
		length += len(word)
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// short leaves out the service of Secrets Manager's actions, and abbreviates those on a key that
// its administrators have.
func short(actions []string) []string {
	if len(actions) == len(aws.KeyAdministration) && actions[0] == "kms:CancelKeyDeletion" {
		return []string{"<administration>"}
	}
	var out []string
	for _, a := range actions {
		out = append(out, strings.TrimPrefix(a, "secretsmanager:"))
	}
	return out
}

func shownAll(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, shown(s))
	}
	return out
}

// TestPlace: which statement stands in which document.
func TestPlace(t *testing.T) {
	for _, row := range placeRows {
		t.Run(row.name, func(t *testing.T) {
			placement, found := Place(derive(t, row.spec))
			if found.HasErrors() {
				t.Fatalf("%s\n%s", said(found), row.spec)
			}
			got := strings.Join(documents(placement), "\n")
			if want := strings.TrimSpace(row.want); got != want {
				t.Errorf("%s\ngives\n%s\nwant\n%s", row.spec, got, want)
			}
		})
	}
}

// TestRefused: what cannot be placed, by code, place and message.
func TestRefused(t *testing.T) {
	for _, row := range refusedRows {
		_, found := Place(derive(t, row.spec))
		if got := said(found); got != strings.TrimSpace(row.want) {
			t.Errorf("%s\nreports\n%s\nwant\n%s", row.spec, got, row.want)
		}
	}
}

// said writes errors and warnings: code, how the text at fault begins, and the message.
func said(found diag.List) string {
	var out []string
	for _, d := range found.Sorted() {
		if d.Code.Severity != diag.Note {
			text, _, _ := strings.Cut(d.Span.Text(), "\n")
			text, _, _ = strings.Cut(text, ",")
			out = append(out, wrapped(d.Code.Number+" at "+text+": "+d.Says(nil)))
		}
	}
	return strings.Join(out, "\n")
}
