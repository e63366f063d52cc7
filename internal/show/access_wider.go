package show

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// widerTitle is the title of what the words mean by which a table tells calls that may do more than
// their verb means.
const widerTitle = "More than the verb means"

// wideWord is a word for what a call may do beyond what its verb means: what it is about, by the
// condition keys in lower case, and what whoever calls may do.
type wideWord struct {
	word, says string
	keys       []string
}

// wideWords are these words, in the order in which they are explained.
var wideWords = []wideWord{
	{access.AnyKey, "put the secret under any KMS key", aboutKey},
	{access.OtherKeys, "put the secret under another KMS key", aboutKey},
	{access.AnyFunction, "set up the rotation anew, with any function", aboutFunction},
	{access.OtherFunctions, "set up the rotation anew, with another function", aboutFunction},
	{access.OtherRole, "set up the rotation anew, with another role",
		[]string{"secretsmanager:externalsecretrotationrolearn"}},
	{access.AnyRules, "change when the rotation happens", aboutRules},
	{access.Anywhere, "make replicas in any Region", aboutRegions},
	{access.OtherRegions, "make replicas in other Regions than the secret has", aboutRegions},
	{access.Overwriting, "overwrite a secret of its name by a replica",
		[]string{"secretsmanager:forceoverwritereplicasecret"}},
}

// What the words are about.
var (
	aboutKey      = []string{"secretsmanager:kmskeyarn", "secretsmanager:kmskeyid"}
	aboutFunction = []string{"secretsmanager:rotationlambdaarn"}
	aboutRules    = []string{"secretsmanager:modifyrotationrules"}
	aboutRegions  = []string{"secretsmanager:addreplicaregions"}
)

// implied are words that a table leaves out beside others, which say enough.
var implied = map[string]string{
	access.AnyRules: access.AnyFunction, access.Overwriting: access.Anywhere,
}

// wideNamed returns what is known of a word, and whether it is certain.
func wideNamed(word string) (wideWord, bool) {
	base, maybe := strings.CutSuffix(word, access.NotKnown)
	i := slices.IndexFunc(wideWords, func(w wideWord) bool { return w.word == base })
	if i < 0 {
		return wideWord{word: base, says: base}, !maybe
	}
	return wideWords[i], !maybe
}

// beyond is what is told of a call behind its verb: what it is held to beyond what the word means,
// and the words for what it may do beyond that. What is not held back is not said to be held.
func beyond(verb string, heldTo []access.Condition, wider []string) (
	held []access.Condition, words []string,
) {
	held = beyondWord(verb, heldTo)
	for _, word := range wider {
		one, sure := wideNamed(word)
		about := func(c access.Condition) bool {
			return slices.Contains(one.keys, strings.ToLower(c.Key))
		}
		others := strings.HasPrefix(one.word, "other")
		switch {
		case slices.Contains(wider, implied[one.word]):
			continue
		case sure && others && slices.ContainsFunc(held, func(c access.Condition) bool {
			return about(c) && !isMeant(c)
		}): // which others, the conditions say
			continue
		case sure && slices.ContainsFunc(held, about):
			held = slices.DeleteFunc(slices.Clone(held), about)
		}
		words = append(words, word)
	}
	return held, words
}

// wideNotes says what words mean, in the order of the table: "any key: may put the secret under any
// KMS key".
func wideNotes(used map[string]bool) []string {
	var notes []string
	maybe := false
	for _, w := range wideWords {
		if used[w.word] || used[w.word+access.NotKnown] {
			notes = append(notes, w.word+": may "+w.says)
		}
		maybe = maybe || used[w.word+access.NotKnown]
	}
	if maybe {
		notes = append(notes,
			access.NotKnown+" behind one of these: it is not known whether it may")
	}
	return notes
}

// wideSentence says what a call may do beyond what its verb means: "put the secret under any
// KMS key", and of what nobody knows "perhaps …".
func wideSentence(word string) string {
	one, sure := wideNamed(word)
	if !sure {
		return "not known whether it may " + one.says
	}
	return "may " + one.says
}
