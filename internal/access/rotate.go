package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
)

// rotation is the action that starts a rotation, and rotationFunction the condition key that says
// which function the call names.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
const (
	rotation         = "secretsmanager:RotateSecret"
	rotationFunction = "secretsmanager:RotationLambdaARN"
)

// invoke is what whoever starts a rotation must be allowed on the function.
const invoke = "lambda:InvokeFunction"

// namedFunction is a function that a call to rotate names, and how that is said as a condition.
type namedFunction struct {
	arn string
	is  Condition
}

// askOtherFunctions says whether somebody who may not rotate a secret with its own function may do
// so with another one, which the call then names. denied is the answer for its own.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
func askOtherFunctions(p *Principal, s *Secret, at int, c *call, denied callAnswer) callAnswer {
	out := denied
	for _, function := range otherFunctions(p, s) {
		other := *c
		other.function = function.arn
		out = out.orIf(askWhole(p, s, at, &other), function.is)
	}
	return out
}

// otherFunctions returns functions of the account and Region of the one that rotates a secret: one
// that no policy names, and one for each pattern by which policies name some. If that is another
// account than the caller's, functions of the caller's are among them. None where the answer
// cannot rest on the function: the secret has none, or its caller may invoke none.
func otherFunctions(p *Principal, s *Secret) []namedFunction {
	documents := slices.Clone(p.Identity)
	for _, twin := range p.twins {
		documents = append(documents, twin.Identity...)
	}
	mayInvoke := func(d *Document) bool { return d.mayAllow(invoke) }
	if s.Function == "" || !slices.ContainsFunc(documents, mayInvoke) {
		return nil
	}
	documents = append(documents, s.Policy...)
	documents = append(documents, p.Boundary)
	for _, twin := range p.twins {
		documents = append(documents, twin.Boundary)
	}
	arn, prefix := functionsBeside(s)
	out := []namedFunction{{prefix + "any", Condition{
		Operator: "ArnNotEquals", Key: rotationFunction, Values: []string{s.Function},
	}}}
	if arn.account != p.Account && p.Account != "" {
		arn.account = p.Account
		prefix = arn.String() // the caller may call those of its own account by its own policies
		out = append(out, namedFunction{prefix + "any", Condition{
			Operator: "ArnLike", Key: rotationFunction, Values: []string{prefix + "*"},
		}})
	}
	for _, pattern := range functionPatterns(documents) {
		_, name, named := strings.Cut(pattern, ofFunction)
		function := prefix + someOf(name)
		if !named || function == s.Function ||
			slices.ContainsFunc(out, func(f namedFunction) bool { return f.arn == function }) {
			continue
		}
		out = append(out, namedFunction{function, Condition{
			Operator: "ArnLike", Key: rotationFunction, Values: []string{prefix + name},
		}})
	}
	return out
}

// ofFunction stands before the name in the ARN of a function.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html#awslambda-resources-for-iam-policies
const ofFunction = ":function:"

// functionsBeside returns what the ARNs begin with of functions in the account and Region of the
// one that rotates a secret; those of the secret, where that one's are not known.
func functionsBeside(s *Secret) (arn arnText, prefix string) {
	arn, ok := splitARN(s.Function)
	if !ok {
		arn, _ = splitARN(s.Copies[0].ARN)
		arn.service = "lambda"
	}
	arn.resource = "function:"
	return arn, arn.String()
}

// someOf returns a name that a pattern matches. What of the pattern is unknown stays.
func someOf(pattern string) string {
	var b strings.Builder
	for found := true; found; {
		var known, unknown string
		known, unknown, _, pattern, found = cfn.CutUnknown(pattern)
		b.WriteString(strings.NewReplacer("*", "any", "?", "x").Replace(known) + unknown)
	}
	return b.String()
}

// functionPatterns returns the patterns of documents that may be of functions: those of resources,
// and those that the function which a call names is held to.
func functionPatterns(documents []*Document) (patterns []string) {
	for _, d := range documents {
		if d == nil {
			continue
		}
		for i := range d.Rules.Statements {
			statement := &d.Rules.Statements[i]
			patterns = append(patterns, statement.Resources...)
			for _, test := range statement.Conditions {
				if strings.EqualFold(test.Key, rotationFunction) {
					patterns = append(patterns, test.Values...)
				}
			}
		}
	}
	return patterns
}
