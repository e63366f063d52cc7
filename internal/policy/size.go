package policy

import (
	"unicode/utf8"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Size returns the document's size as AWS counts it: the characters of its JSON without white
// space. standIn gives, for an intrinsic, a text as long as what it will be when deployed, or as
// long as that can be.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func (d Document) Size(standIn func(intrinsic string) string) int {
	n := len(`{"Version":"2012-10-17","Statement":[]}`) + max(0, len(d)-1)
	for i := range d {
		n += d[i].size(standIn)
	}
	return n
}

// size returns how many characters Value has, which it does not make.
func (s *Statement) size(standIn func(string) string) int {
	if s.Verbatim != nil {
		return size(s.Verbatim, standIn)
	}
	n := len(`{"Effect":,"Action":}`) + quotedSize(s.Effect) + listSize(s.Action, standIn)
	if s.Sid != "" {
		n += len(`"Sid":,`) + quotedSize(s.Sid)
	}
	if !s.Principal.IsZero() {
		n += len(`"Principal":,`) + s.Principal.size(standIn)
	}
	if s.Resource != nil {
		n += len(`"Resource":,`) + listSize(s.Resource, standIn)
	}
	if s.Condition != nil {
		n += len(`"Condition":,`) + s.Condition.size(standIn)
	}
	return n
}

func (p *Principal) size(standIn func(string) string) int {
	if p.Any {
		return len(`"*"`)
	}
	n, kinds := len("{}"), 0
	add := func(name string, ids []string) {
		if ids != nil {
			n += len(`"":`) + len(name) + listSize(ids, standIn)
			kinds++
		}
	}
	add("AWS", p.AWS)
	add("Federated", p.Federated)
	add("Service", p.Service)
	return n + max(0, kinds-1)
}

func (c Conditions) size(standIn func(string) string) int {
	n := len("{}")
	for i := range c {
		if i == 0 || c[i-1].Operator != c[i].Operator {
			n += quotedSize(c[i].Operator) + len(":{}")
		}
		if i > 0 { // a comma between operators, or between keys of one
			n++
		}
		n += quotedSize(c[i].Key) + len(":") + listSize(c[i].Values, standIn)
	}
	return n
}

// listSize is the size of a list, or of its one element.
func listSize(values []string, standIn func(string) string) int {
	if len(values) == 1 {
		return textSize(values[0], standIn)
	}
	n := len("[]") + max(0, len(values)-1)
	for _, v := range values {
		n += textSize(v, standIn)
	}
	return n
}

func textSize(s string, standIn func(string) string) int {
	if cfn.IsIntrinsic(s) {
		s = standIn(s)
	}
	return quotedSize(s)
}

// size returns how many characters a value has in compact JSON.
func size(v any, standIn func(string) string) int {
	switch v := v.(type) {
	case string:
		return textSize(v, standIn)
	case []string:
		n := len("[]") + max(0, len(v)-1)
		for _, s := range v {
			n += textSize(s, standIn)
		}
		return n
	case []any:
		n := len("[]") + max(0, len(v)-1)
		for _, e := range v {
			n += size(e, standIn)
		}
		return n
	case cfn.Object:
		if len(v) == 1 && cfn.IsFunction(v[0].Key) {
			return quotedSize(standIn(cfn.Intrinsic(v)))
		}
		n := len("{}") + max(0, len(v)-1)
		for _, m := range v {
			n += quotedSize(m.Key) + len(":") + size(m.Value, standIn)
		}
		return n
	}
	return len(cfn.AppendValue(nil, v, cfn.Format{Compact: true}))
}

// quotedSize returns how many characters a text has as a JSON string.
func quotedSize(s string) int {
	if !cfn.StandsAsItIs(s) {
		return utf8.RuneCount(cfn.AppendValue(nil, s, cfn.Format{Compact: true}))
	}
	return len(s) + len(`""`)
}
