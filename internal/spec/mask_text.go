package spec

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// MaskText hides what may be a secret value in a file that could not be read as YAML.
func MaskText(f *source.File, m *source.Masks) { yaml.MaskText(f, keysOfText(), m) }

// keysOfText says what the keys of specs and templates mean where only the lines of a file are known.
func keysOfText() yaml.Keys {
	sections := topLevel()
	return yaml.Keys{
		Secrets:    "secrets",
		Section:    func(name string) bool { return slices.Contains(sections, name) },
		Harmless:   func(name string) bool { return slices.Contains(harmlessSections, name) },
		HoldsValue: func(name string) bool { return slices.Contains(holdsValue, name) },
		IsSecret:   isSecretWord,
		IsPlain:    isPlainKey,
		IsWord:     knownWord,
	}
}

// isPlainKey says whether the value of a key below secrets is no secret, be the key ours or another
// word for ours.
func isPlainKey(key string) bool {
	property, _, _ := strings.Cut(synonymOf(key), ".")
	return slices.Contains(harmlessKeys, strings.ToLower(key)) || slices.Contains(harmlessKeys, strings.ToLower(property))
}

// holdsValue are the keys, in lower case, after which a secret value may stand at any place of a spec.
var holdsValue = []string{"default", "object", "plaintext", "secretstring", "secretstringtemplate", "string", "unsafeplaintext", "value"}

// harmlessSections are the sections in which no secret value stands, in lower case.
var harmlessSections = []string{
	"assert", "defaults", "description", "environment", "export", "grants", "keys", "principals", "silence", "stack", "tags", "version",
}

// harmlessKeys are the keys below secrets, in lower case, whose values are no secrets.
var harmlessKeys = []string{
	"at", "deletionpolicy", "description", "environment", "every", "key", "logicalid", "name", "region", "regions", "replicas", "rotation", "schedule",
	"stack", "type", "version",
}

// knownWord says whether a key is a word that may be shown where secret values may stand.
func knownWord(key string) bool {
	lower := strings.ToLower(key)
	return slices.Contains(holdsValue, lower) || slices.Contains(harmlessKeys, lower) || synonymOf(key) != "" || slices.Contains(shownWords(), key)
}

// shownWords are the properties of a secret and of its value, and CloudFormation's own words beside
// them.
var shownWords = sync.OnceValue(func() []string {
	words := append(topLevel(), "username", "password", "host", "port", "Type", "Properties", "Default", "NoEcho")
	for _, t := range []reflect.Type{secretType, valueType, generateType} {
		words = append(words, shapeOf(t).names()...)
	}
	return words
})

var wordMarks = strings.NewReplacer("-", "", "_", "")

// isSecretWord says whether a key, in lower case, is that of a secret.
func isSecretWord(key string) bool { return aws.SoundsSecret(key) || aws.HoldsCredential(key) }
