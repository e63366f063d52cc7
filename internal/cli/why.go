package cli

import (
	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/source"
)

// whyQuestion is what why was asked, by the names that people know.
type whyQuestion struct {
	Principal, PrincipalARN   string
	Verb                      string // a verb, or an IAM action
	Secret, SecretARN, Region string
	Unknown                   []string // ARNs of the principal's policies that are not in the templates
}

// evidence is a statement that has to do with a permission, as why shows it.
type evidence struct {
	document  *access.Document // nil where the answer does not know it
	name      string
	statement any
	because   []source.Span
	failed    *access.Condition // of a statement that would have allowed it: the condition that is not met
	source    string            // the name by which the decision knows the document, with index it says which statement it is
	index     int
}

// deciding returns the statements that decide over a step: those that allow it, or the one that denies it.
func deciding(s *access.Step) []evidence {
	var out []evidence
	for _, by := range s.Decision.By {
		out = append(out, evidence{statement: by.Rule.Value, because: by.Rule.Because, source: by.Source, index: by.Rule.Index})
	}
	return named(out, s)
}

// near returns the statements that would allow a step but for a condition.
func near(s *access.Step) []evidence {
	var out []evidence
	for _, by := range s.Decision.Near {
		e := evidence{statement: by.Rule.Value, because: by.Rule.Because, source: by.Source, index: by.Rule.Index}
		if by.Failed != nil {
			e.failed = &access.Condition{Operator: by.Failed.Operator, Key: by.Failed.Key, Values: by.Failed.Values}
		}
		out = append(out, e)
	}
	return named(out, s)
}

// named adds which documents the statements stand in.
func named(list []evidence, s *access.Step) []evidence {
	for i := range list {
		list[i].name = list[i].source
		if d := s.Document(list[i].source); d != nil {
			list[i].document, list[i].name = d, d.Name()
		}
	}
	return list
}

// stack returns where the document stands: the name of the template and its logical ID there, both empty where it stands in none.
func (e *evidence) stack() (stack, logicalID string) {
	if e.document == nil {
		return "", ""
	}
	return e.document.Stack, e.document.LogicalID
}
