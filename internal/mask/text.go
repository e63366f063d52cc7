package mask

import (
	"bytes"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// Text adds what must not be shown of a file that could not be read as YAML.
func (l *Language) Text(f *source.File, m *source.Masks) {
	yaml.MaskText(f, yaml.Keys{
		Secrets:  "secrets",
		Section:  func(name string) bool { return slices.Contains(l.Sections, name) },
		Harmless: func(name string) bool { return slices.Contains(harmlessSections, name) },
		HoldsValue: func(name string) bool {
			return slices.Contains(holdsValue, name) || name == "given"
		},
		IsSecret: isSecretWord,
		IsPlain:  l.isPlain,
		IsWord:   l.isWord,
	}, m)
	l.credentials(f, m)
}

// credentials hides the credentials in the lines of a text, and the private keys that have several.
func (l *Language) credentials(f *source.File, m *source.Masks) {
	hide := func(at int, text string) {
		for _, found := range aws.CredentialsIn(text) {
			m.Add(part(f, int32(at), found[0], found[1]))
		}
	}
	at := 0
	for line := range bytes.Lines(f.Data) {
		hide(at, string(line))
		at += len(line)
	}
	if bytes.Contains(f.Data, []byte("PRIVATE KEY")) {
		hide(0, string(f.Data))
	}
}

// isPlain says whether the value of a key below secrets is no secret, be the key ours or another
// word for ours.
func (l *Language) isPlain(key string) bool {
	property, _, _ := strings.Cut(l.Synonym(key), ".")
	return slices.Contains(harmlessKeys, strings.ToLower(key)) ||
		slices.Contains(harmlessKeys, strings.ToLower(property))
}

// holdsValue are the keys, in lower case, after which a secret value may stand at any place of a
// spec.
var holdsValue = []string{
	"default", "object", "plaintext", "secretstring", "secretstringtemplate", "string",
	"unsafeplaintext", "value", "variables",
}

// harmlessSections are the sections in which no secret value stands, in lower case.
var harmlessSections = []string{
	"accept", "assert", "defaults", "description", "environment", "export", "grants", "keys",
	"principals", "silence", "stack", "tags", "version",
}

// harmlessKeys are the keys below secrets, in lower case, whose values are no secrets.
var harmlessKeys = []string{
	"at", "deletionpolicy", "description", "environment", "every", "key", "logicalid", "name",
	"region", "regions", "replicas", "rotation", "schedule", "stack", "type", "version",
}

// isWord says whether a key is a word that may be shown where secret values may stand.
func (l *Language) isWord(key string) bool {
	lower := strings.ToLower(key)
	return slices.Contains(holdsValue, lower) || slices.Contains(harmlessKeys, lower) ||
		slices.Contains(shownWords, key) || slices.Contains(l.Sections, key) ||
		l.Synonym(key) != "" || l.Secret.has(key) || l.Value.has(key) || l.Generator.has(key)
}

// shownWords are the names of fields that connections have, and CloudFormation's own words.
var shownWords = []string{
	"username", "password", "host", "port", "Type", "Properties", "Default", "NoEcho",
}

// HoldsSecret says whether a secret value may stand after a key, wherever the key stands.
func HoldsSecret(key string) bool {
	lower := strings.ToLower(key)
	return isSecretWord(lower) || slices.Contains(holdsValue, lower)
}

var wordMarks = strings.NewReplacer("-", "", "_", "")

// isSecretWord says whether a key, in lower case, is that of a secret.
func isSecretWord(key string) bool { return aws.SoundsSecret(key) || aws.HoldsCredential(key) }

// namesSecret says whether a key, in lower case, sounds like that of a secret and takes the name of
// one: a text, and nothing else.
func namesSecret(key string) bool { return key == "adminsecret" || key == "superusersecret" }
