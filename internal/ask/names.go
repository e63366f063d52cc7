package ask

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/glob"
)

// nameable is somebody or something that a question can name.
type nameable struct {
	ID   string
	ARNs []string // a text that may have unknown parts; of a secret those of its copies
	Also []string // other names: logical IDs, the name in AWS
	Kind string   // of a principal
}

// nameMeant is what a word of a question means: places in the list that was asked, and of a secret
// that was named by the ARN of a copy, which copy.
type nameMeant struct{ at, copy int }

// everybody asks about everybody, where nothing else has this name. The kind has the same name.
const everybody = "everybody"

// meant returns what a word means in a list, in the order of the list: what has it as its id (but
// of everybody there may be several rows), else what has it as its ARN, else as another name; else
// the members of the set of that name, for the word everybody the rows of everybody, and of a glob
// whatever matches. It returns nothing for a word that means nothing. sets has, by the name of a
// set, the ids of its members.
func meant(word string, list []nameable, sets map[string][]string) []nameMeant {
	for _, is := range []func(n *nameable) (int, bool){
		func(n *nameable) (int, bool) { return 0, n.ID == word && n.Kind != everybody },
		func(n *nameable) (int, bool) { return n.hasARN(word) },
		func(n *nameable) (int, bool) { return 0, slices.Contains(n.Also, word) },
		func(n *nameable) (int, bool) { return 0, slices.Contains(sets[word], n.ID) },
		func(n *nameable) (int, bool) {
			return 0,
				n.Kind == everybody && (word == everybody || n.ID == word)
		},
		func(n *nameable) (int, bool) { return 0, glob.Is(word) && n.matches(word) },
	} {
		if found := chosenOf(list, is); len(found) > 0 {
			return found
		}
	}
	return nil
}

func chosenOf(list []nameable, is func(n *nameable) (int, bool)) []nameMeant {
	var out []nameMeant
	for i := range list {
		if copy, ok := is(&list[i]); ok {
			out = append(out, nameMeant{i, copy})
		}
	}
	return out
}

// severalNames says whether a word asks several questions, whatever matches: a set or a glob. So
// one answer has the form of several where a set has one member.
func severalNames(word string, list []nameable, sets map[string][]string) bool {
	if slices.ContainsFunc(list, func(n nameable) bool {
		_, isARN := n.hasARN(word)
		return n.ID == word || isARN || slices.Contains(n.Also, word)
	}) {
		return false
	}
	return sets[word] != nil || glob.Is(word)
}

// namesMeant are the names that can be written for a list, for suggestions.
func namesMeant(list []nameable, sets map[string][]string) []string {
	var out []string
	for i := range list {
		out = append(append(out, list[i].ID), list[i].Also...)
	}
	for name := range sets {
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hintName suggests a name for a word that means nothing, or says what can be written. An id that
// means different things in several specs has the spec's name before it.
func hintName(word string, list []nameable, sets map[string][]string, otherwise string) string {
	var meant []string
	for i := range list {
		if strings.HasSuffix(list[i].ID, "/"+word) {
			meant = append(meant, list[i].ID)
		}
	}
	for name := range sets {
		if strings.HasSuffix(name, "/"+word) {
			meant = append(meant, name)
		}
	}
	slices.Sort(meant)
	const most = 4
	if len(meant) > 1 {
		return "write one of " + english.Some(meant, most)
	}
	return cmp.Or(diag.DidYouMean(word, namesMeant(list, sets)), otherwise)
}

// matches says whether a glob matches the id, an ARN or another name.
func (n *nameable) matches(pattern string) bool {
	matches := func(name string) bool { return glob.Match(pattern, cfn.Shown(name)) }
	return matches(n.ID) || slices.ContainsFunc(n.ARNs, matches) ||
		slices.ContainsFunc(n.Also, matches)
}

// hasARN says whether what can be named has an ARN, or is the role of a session that has it. A
// pattern has it only as it is written: whoever may be among those whom it stands for is somebody
// with policies of their own.
func (n *nameable) hasARN(word string) (int, bool) {
	if n.Kind == access.PatternPrincipal.String() {
		return 0, slices.Contains(n.ARNs, word)
	}
	if account, role, ok := sessionOf(word); ok {
		return 0, n.Kind == access.RolePrincipal.String() && n.isRole(account, role)
	}
	return hasARN(n.ARNs, word)
}

// sessionOf takes apart the ARN of a role's session, with which AWS's messages say who called:
// arn:aws:sts::111111111111:assumed-role/api/task. account is the beginning of the role's own ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
func sessionOf(word string) (account, role string, ok bool) {
	arn, err := aws.ParseARN(word)
	if err != nil || arn.Service != "sts" {
		return "", "", false
	}
	kind, name := arn.ResourceType()
	role, session, _ := strings.Cut(name, "/")
	account = "arn:" + arn.Partition + ":iam::" + arn.Account
	return account, role, kind == "assumed-role" && role != "" && session != ""
}

// isRole says whether an account may have a role of this name here, under whatever path: the ARN of
// a session has none.
func (n *nameable) isRole(account, name string) bool {
	return slices.ContainsFunc(n.ARNs, func(arn string) bool {
		before, after, ok := strings.Cut(arn, ":role/")
		path, _, _, _, _ := cfn.CutUnknown(after)
		return ok && couldBe(before, account) &&
			couldBe(after[strings.LastIndex(path, "/")+1:], name)
	})
}

// hasARN says whether one of several ARNs is meant by a word, and which: as reports write it, or as
// it may be once its unknown parts are known. Secrets Manager also takes the ARN of a secret
// without the six characters at its end.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
func hasARN(arns []string, word string) (int, bool) {
	i := slices.IndexFunc(arns, func(arn string) bool {
		return arn == word || cfn.Shown(arn) == word
	})
	if i < 0 && strings.HasPrefix(word, "arn:") {
		i = slices.IndexFunc(arns, func(arn string) bool {
			return couldBe(arn, word) || couldBe(withoutSuffix(arn), word)
		})
	}
	return max(i, 0), i >= 0
}

// withoutSuffix takes away the six characters at the end of a secret's ARN, where they are unknown.
func withoutSuffix(arn string) string {
	units := cfn.UnknownsIn(arn)
	if n := len(units); n > 0 && units[n-1].What == "suffix" {
		return strings.TrimSuffix(arn, "-"+units[n-1].Text())
	}
	return arn
}

// couldBe says whether a text with unknown parts may turn out to be another text. An unknown part
// that stands in it twice is not held to one value.
func couldBe(text, known string) bool {
	before, _, u, after, found := cfn.CutUnknown(text)
	rest, ok := strings.CutPrefix(known, before)
	if !found || !ok {
		return ok && rest == ""
	}
	for n, at := 0, 0; ; n++ { // n characters of it, which end at
		if n >= u.Min && (u.Max == 0 || n <= u.Max) && couldBe(after, rest[at:]) {
			return true
		}
		if at == len(rest) || u.Max != 0 && n == u.Max {
			return false
		}
		r, size := utf8.DecodeRuneInString(rest[at:])
		if !u.Class.Has(r) {
			return false
		}
		at += size
	}
}
