package access

import (
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
	"github.com/secretctl/secretctl/internal/verb"
)

// What a call may do beyond what the verb means that it is a part of, as reports write it.
const (
	AnyKey         = "any key"         // an update may put the secret under any KMS key
	OtherKeys      = "other keys"      // likewise, under some others than its own
	AnyFunction    = "any function"    // a rotation may be set up with any function
	OtherFunctions = "other functions" // likewise, with some others than its own
	OtherRole      = "other role"      // a rotation at a partner may be set up with another role
	AnyRules       = "any rules"       // a rotation may be given other rules of when it happens
	Anywhere       = "anywhere"        // replicas may be made in any Region
	OtherRegions   = "other Regions"   // likewise, in some others than those of the replicas
	Overwriting    = "overwriting"     // a replica may take the place of a secret of its name
)

// widening is a way to call that says more than the verb means: with some arguments, while a
// statement denies those that the secret has.
type widening struct {
	word string
	// by condition keys in lower case, what is known of them
	facts map[string]policy.Fact
	kept  cfn.Object // the conditions of the statement that denies; empty: there is none
	// what is said where the call may not do all that word says; may be nil
	less *widening
}

// Nobody has these: what is allowed of them is allowed of any.
const (
	nobodysKey      = "arn:aws:kms:nowhere-1:000000000000:key/any"
	nobodysFunction = "arn:aws:lambda:nowhere-1:000000000000:function:any"
	nobodysRegion   = "nowhere-1"
)

// another is an argument that a call states, whatever it is.
var another = policy.Fact{State: policy.Open, Always: true}

// widenings returns the ways in which an action on a secret may say more than a verb means by it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func (s *Secret) widenings(action aws.Action) []widening {
	switch action {
	case "secretsmanager:UpdateSecret":
		return []widening{s.widerKey()}
	case "secretsmanager:RotateSecret":
		return s.widerRotation()
	case replication:
		return s.widerReplication()
	}
	return nil
}

func (s *Secret) widerKey() widening {
	arn, id := keyArguments[0], keyArguments[1]
	out := widening{word: AnyKey,
		facts: map[string]policy.Fact{arn: certain(nobodysKey), id: certain(nobodysKey)}}
	own := s.keyARN()
	less := widening{word: OtherKeys, facts: map[string]policy.Fact{arn: another, id: another}}
	if own != "" {
		less.kept = cfn.Object{
			{Key: "StringEquals", Value: cfn.Object{{Key: arn, Value: own}}},
			{Key: "StringEquals", Value: cfn.Object{
				{Key: id, Value: []any{own, lastSegment(own)}},
			}},
		}
	} else {
		const managed = "*alias/aws/secretsmanager"
		less.kept = cfn.Object{
			{Key: "StringLike", Value: cfn.Object{{Key: arn, Value: managed}}},
			{Key: "StringLike", Value: cfn.Object{{Key: id, Value: managed}}},
		}
	}
	out.less = &less
	return out
}

func (s *Secret) widerRotation() []widening {
	const function, role = "secretsmanager:rotationlambdaarn",
		"secretsmanager:externalsecretrotationrolearn"
	with := func(key string, f policy.Fact) map[string]policy.Fact {
		return map[string]policy.Fact{key: f}
	}
	less := widening{word: OtherFunctions, facts: with(function, another)}
	if s.Function != "" {
		less.kept = cfn.Object{
			{Key: "StringEquals", Value: cfn.Object{{Key: function, Value: s.Function}}},
		}
	}
	out := []widening{
		{word: AnyFunction, facts: with(function, certain(nobodysFunction)), less: &less},
		{word: AnyRules, facts: with("secretsmanager:modifyrotationrules", certain("true"))},
	}
	if s.RotationRole != "" {
		out = append(out, widening{word: OtherRole, facts: with(role, another), kept: cfn.Object{
			{Key: "StringEquals", Value: cfn.Object{{Key: role, Value: s.RotationRole}}},
		}})
	}
	return out
}

func (s *Secret) widerReplication() []widening {
	regions := strings.ToLower(addedRegions)
	anywhere := widening{word: Anywhere,
		facts: map[string]policy.Fact{regions: certain(nobodysRegion)}}
	if own := s.replicaRegions(); len(own) > 0 {
		var values []any
		for _, region := range own {
			values = append(values, region)
		}
		several := another
		several.Many = true
		anywhere.less = &widening{word: OtherRegions,
			facts: map[string]policy.Fact{regions: several}, kept: cfn.Object{
				{Key: "ForAllValues:StringEquals", Value: cfn.Object{
					{Key: regions, Value: values},
				}},
			}}
	}
	return []widening{anywhere, {word: Overwriting, facts: map[string]policy.Fact{
		"secretsmanager:forceoverwritereplicasecret": certain("true"),
	}}}
}

// denial is the policy that denies an action with what the secret has.
func (w *widening) denial(action aws.Action) policy.Source {
	var statements []any
	for _, test := range w.kept { // each by itself: any of them is what the secret has
		statements = append(statements, cfn.Object{
			{Key: "Effect", Value: "Deny"}, {Key: "Action", Value: action},
			{Key: "Resource", Value: "*"}, {Key: "Condition", Value: cfn.Object{test}},
		})
	}
	return policy.Source{Name: "what the secret has", Rules: must(policy.Decode(
		documentOf(statements)))}
}

// NotKnown stands behind a word of Wider of which it is not known whether it is so.
const NotKnown = "?"

// askWider is askFast, which also says what of the call goes beyond what a verb means by it.
func askWider(p *Principal, s *Secret, at int, c *call) callAnswer {
	out := askFast(p, s, at, c)
	out.widen(p, s, at, c)
	return out
}

// widen adds to an answer what of the call goes beyond what a verb means by it.
func (out *callAnswer) widen(p *Principal, s *Secret, at int, c *call) {
	if out.Effect < Conditional || at > 0 || p.Kind == RotationPrincipal {
		return
	}
	for _, w := range s.widenings(c.onSecret) {
		if word := out.wider(p, s, at, c, &w); word != "" {
			out.Wider = append(out.Wider, word)
		}
	}
}

// wider is the word for what a call may do beyond what a verb means by it, or "".
func (out *callAnswer) wider(p *Principal, s *Secret, at int, c *call, w *widening) string {
	maybe := ""
	for ; w != nil; w = w.less {
		wide := *c
		wide.wider, wide.into = w, ""
		a := askCall(p, s, at, &wide)
		out.work += a.work
		switch {
		case a.Effect >= Conditional:
			return w.word
		case a.Effect == Unknown && maybe == "":
			maybe = w.word + NotKnown
		}
	}
	return maybe
}

// plainly is a way to call that states no argument by which a call would be another one than a verb
// means.
var plainly = widening{facts: map[string]policy.Fact{
	"secretsmanager:kmskeyarn": absent, "secretsmanager:kmskeyid": absent,
	"secretsmanager:rotationlambdaarn": absent, "secretsmanager:modifyrotationrules": absent,
	"secretsmanager:externalsecretrotationrolearn": absent,
	"secretsmanager:forcedeletewithoutrecovery":    absent,
	"secretsmanager:forceoverwritereplicasecret":   absent,
}}

// AskPlainly says whether the permissions on a copy of a secret allow a principal what a verb
// means, without arguments that make another call of it: an update that must name another key is no
// writing. The copy is given by its index in Copies.
func AskPlainly(p *Principal, v *verb.Verb, s *Secret, at int) Effect {
	out := Allow
	for _, c := range callsOf(v, at) {
		if c.onSecret != "" && !c.purges {
			c.wider = &plainly
			out = min(out, askFast(p, s, at, &c).Effect)
		}
	}
	return out
}
