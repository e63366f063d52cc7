package verb

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
)

// everyday are words of everyday speech, of other tools and of HTTP for what verbs do.
var everyday = map[string]string{
	"get": "read", "fetch": "read", "view": "read", "retrieve": "read", "consume": "read",
	"use": "read", "readonly": "read", "decrypt": "read", "reads": "read", "load": "read",
	"put": "write", "set": "write", "update": "write", "edit": "write", "modify": "write",
	"store": "write", "create": "write", "post": "write", "patch": "write", "writes": "write",
	"encrypt": "write", "upload": "write",
	"metadata": "describe", "inspect": "describe", "show": "describe",
	"remove": "delete", "destroy": "delete", "drop": "delete",
	"renew": "rotate", "rotation": "rotate",
	"copy": "replicate", "replication": "replicate",
	"ls": "list", "find": "list", "search": "list", "enumerate": "list",
	"batchget": "batchRead", "batch": "batchRead",
}

// fewActions is how many actions of a verb may be about the same, so that it stands for one of
// them: writing takes three.
const fewActions = 4

// Meant returns the verb that a word certainly means which is none: a word of everyday speech, such
// as get, or an action of IAM's on secrets with or without its service, of the verb that does
// little else. It is nil where none is meant for certain.
func Meant(word string) *Verb {
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(word))
	if name, ok := everyday[plain]; ok {
		return Named(name)
	}
	least, _ := Including(word)
	if least != nil && len(least.Essential())+len(least.Anywhere) <= fewActions {
		return least
	}
	return nil
}

// Including returns the verb with the fewest actions among those that include an action of IAM's,
// which may lack its service, and the action's full name; nil where none does. What every verb does
// by the way, such as describing the secret, only counts for the verb that is about it.
func Including(word string) (least *Verb, action string) {
	info, ok := actionNamed(word)
	if !ok {
		return nil, ""
	}
	for _, v := range All {
		if !v.isAbout(info.Name) {
			continue
		}
		if least == nil || len(v.OnSecret)+len(v.Anywhere) < len(least.OnSecret)+
			len(least.Anywhere) {
			least = v
		}
	}
	return least, string(info.Name)
}

// isAbout says whether an action is one that the verb is about.
func (v *Verb) isAbout(action aws.Action) bool {
	return slices.Contains(v.Essential(), action) || slices.Contains(v.Anywhere, action)
}
