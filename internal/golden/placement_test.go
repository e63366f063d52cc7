package golden

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

const placementPage = "docs/placement.md"

// matrixTables writes a table for every kind of key, whose rows are the principals and whose
// columns are the replicas.
func matrixTables(cells map[string]string) string {
	var b strings.Builder
	for _, key := range matrixKeys {
		fmt.Fprintf(&b, "\n### %s\n\n| principal | account |", key.title)
		for _, replica := range matrixReplicas {
			fmt.Fprintf(&b, " %s |", replica.title)
		}
		b.WriteString("\n|---|---|" + strings.Repeat("---|", len(matrixReplicas)) + "\n")
		for _, row := range matrixRows {
			if key.name == "theirs" && row.withoutTheirs() != "" {
				continue
			}
			fmt.Fprintf(&b, "| `%s` | %s |", row.kind, row.account)
			for _, replica := range matrixReplicas {
				fmt.Fprintf(&b, " %s |", cmp.Or(cells[matrixCase{row, key, replica}.name()], "–"))
			}
			b.WriteString("\n")
		}
	}
	return b.String() + noCase()
}

// noCase writes a table of the reasons why there is no case.
func noCase() string {
	type reason struct{ key, why string }
	var order []reason
	principals := map[reason][]string{}
	for _, row := range matrixRows {
		r := reason{"any", row.without}
		if r.why == "" {
			r = reason{"of the principal's account", row.withoutTheirs()}
		}
		if r.why == "" {
			continue
		}
		if principals[r] == nil {
			order = append(order, r)
		}
		principals[r] = append(principals[r], "`"+row.kind+"` "+row.account)
	}
	text := "\n### No case\n\n| principal | key | why |\n|---|---|---|\n"
	for _, r := range order {
		text += fmt.Sprintf("| %s | %s | %s |\n", strings.Join(principals[r], "; "), r.key, r.why)
	}
	return text
}

// cell says in a few words which documents a case writes and which it hands over, or that it is
// refused, from the files that it wants.
func cell(t *testing.T, want tree) string {
	t.Helper()
	if want["exit"] != "" {
		var links []string
		for _, code := range slices.Compact(codes(onlyErrors(want["stderr"]))) {
			links = append(links, fmt.Sprintf("[%s](diagnostics/%s.md)", code, code))
		}
		return "refused: " + strings.Join(links, ", ")
	}
	var plan matrixPlan
	if err := json.Unmarshal([]byte(want["out/plan.json"]), &plan); err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, stack := range plan.Stacks {
		for _, document := range documentsOf(t, want["out/"+stack.Template]) {
			switch stack.Kind {
			case "access":
				document += " (" + stack.Account + ")"
			case "keys":
				document = "replica's " + document
			}
			written[document] = true
		}
	}
	text := inOrder(written)
	handed, mark := plan.handedOver()
	if len(handed) > 0 {
		if text != "" {
			text += "; "
		}
		text += "hand over: " + inOrder(handed)
	}
	return text + mark
}

// matrixPlan is what a cell needs of a plan.
type matrixPlan struct {
	Stacks   []struct{ Kind, Account, Template string }
	HandOver []struct{ Document, Of, Account, Because string }
}

// handedOver names the documents that get statements by others, and returns the mark of those that
// the creation of the secret waits for.
func (p matrixPlan) handedOver() (documents map[string]bool, mark string) {
	documents = map[string]bool{}
	for _, h := range p.HandOver {
		if strings.HasPrefix(h.Because, "creation of ") {
			mark = " †"
			continue
		}
		document, _, _ := strings.Cut(h.Document, " ")
		if document == "key" && strings.Contains(h.Of, ":us-east-1:") {
			document = "replica's " + document
		}
		if h.Account != "" {
			document += " (" + h.Account + ")"
		}
		documents[document] = true
	}
	return documents, mark
}

// onlyErrors leaves out the warnings and notes of a text.
func onlyErrors(stderr string) string {
	lines := slices.DeleteFunc(strings.Split(stderr, "\n"), func(line string) bool {
		return !strings.Contains(line, ": error[")
	})
	return strings.Join(lines, "\n")
}

// documentsOf names the documents of a template that say anything about a grant.
func documentsOf(t *testing.T, template string) []string {
	t.Helper()
	var parsed struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				KeyPolicy struct{ Statement []struct{ Sid string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(template), &parsed); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range parsed.Resources {
		switch r.Type {
		case "AWS::IAM::ManagedPolicy":
			all = append(all, "identity")
		case "AWS::SecretsManager::ResourcePolicy":
			all = append(all, "resource")
		case "AWS::KMS::Key":
			for _, s := range r.Properties.KeyPolicy.Statement {
				if s.Sid == "" { // every key's own statements have one
					all = append(all, "key")
				}
			}
		}
	}
	return all
}

// inOrder lists documents as a grant meets them.
func inOrder(set map[string]bool) string {
	place := func(document string) int {
		return slices.IndexFunc([]string{"identity", "resource", "key", "replica"},
			func(word string) bool { return strings.HasPrefix(document, word) })
	}
	return strings.Join(slices.SortedFunc(maps.Keys(set), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a, b))
	}), " + ")
}
