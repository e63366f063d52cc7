package change

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/glob"
	"github.com/secretctl/secretctl/internal/policy"
)

// verdict is what becomes of a policy that changes, or that comes to apply.
type verdict struct {
	isWhy   bool // an answer changes by it
	reaches bool // it lets somebody do more than the comparison of access asks about
	isIdle  bool // all that changes of it is no access to anything that access is given by
	// all that it says is asked about: if no answer changes by it, it changes nothing
	isWhole bool
}

// isTold says whether the answers that change tell all that a policy does.
func (v verdict) isTold() bool { return v.isIdle || v.isWhy && !v.reaches }

// verdictOf judges statements that change but for whether an answer changes by them.
func (s *sight) verdictOf(rules []changedRule) verdict {
	return verdict{
		reaches: slices.ContainsFunc(rules, s.reaches),
		isWhole: len(rules) > 0 && !slices.ContainsFunc(rules, func(r changedRule) bool {
			return !s.asksAll(r.Rule)
		}),
		isIdle: len(rules) > 0 && !slices.ContainsFunc(rules, func(r changedRule) bool {
			return r.NotActions || slices.ContainsFunc(r.Actions, func(a string) bool {
				return !isIdle(a)
			})
		}),
	}
}

// sight is which secrets the comparison of access asks about.
type sight struct {
	estates []*access.Estate // before and after
	// what policies name of which nobody knows which secrets it is, each of which is asked about as
	// one; nil: nobody has asked
	patterns  map[string]bool
	functions map[string]bool // by the ARNs of those that rotate; likewise
}

// reaches says whether a statement lets somebody do, besides what it let them do before, what the
// comparison of access does not ask about: it has actions that no verb has, or is about more
// secrets than those in sight. What it denies no more is told as a weaker guard.
func (s *sight) reaches(r changedRule) bool {
	switch {
	case !r.opens || r.Effect != policy.Allow:
		return false
	case r.NotActions || r.NotResources && r.Principals.IsZero():
		return true
	}
	if !s.isBeyond(r, r.Actions, r.Resources) { // most are not
		return false
	}
	actions, resources := r.anew()
	return s.isBeyond(r, actions, resources)
}

// isBeyond says whether some actions of a statement on some of its resources are not asked about.
func (s *sight) isBeyond(r changedRule, actions, resources []string) bool {
	if len(actions) == 0 || len(resources) == 0 && r.Principals.IsZero() {
		return false
	}
	if slices.ContainsFunc(actions, func(a string) bool {
		return !isIdle(a) && !isAsked(a) && !s.isCall(a, resources)
	}) {
		return true
	}
	return r.Principals.IsZero() &&
		slices.ContainsFunc(resources, func(text string) bool { return !s.has(text) }) &&
		slices.ContainsFunc(actions, isOfOneSecret)
}

// isOfOneSecret says whether an action, or one that a pattern of actions stands for, is one on a
// secret.
func isOfOneSecret(action string) bool {
	action = strings.ToLower(action)
	return strings.HasPrefix(action, "secretsmanager:") &&
		slices.ContainsFunc(aws.SecretsManagerActions, func(i aws.ActionInfo) bool {
			return !i.NoResource && glob.Match(action, strings.ToLower(i.Name))
		})
}

// asksAll says whether all that a statement of an identity policy says is asked about: actions of
// verbs, on secrets and keys that it names.
func (s *sight) asksAll(r *policy.Rule) bool {
	if r.NotActions || r.NotResources || !r.Principals.IsZero() {
		return false
	}
	takesNone := !slices.ContainsFunc(r.Actions, func(a string) bool {
		return !isIdle(a) && !aws.TakesNoResource(a)
	})
	return !slices.ContainsFunc(r.Actions, func(a string) bool {
		return !isIdle(a) && !ofVerbs()[strings.ToLower(a)] && !s.isCall(a, r.Resources)
	}) && (takesNone || !slices.ContainsFunc(r.Resources, func(text string) bool {
		return strings.ContainsAny(strings.TrimSuffix(text, "-??????"), "*?$")
	}))
}

// isCall says whether an action on some resources calls functions that rotate secrets in sight.
func (s *sight) isCall(action string, resources []string) bool {
	return strings.EqualFold(action, "lambda:InvokeFunction") &&
		!slices.ContainsFunc(resources, func(text string) bool { return !s.rotates(text) })
}

// rotates says whether a function rotates a secret that is asked about.
func (s *sight) rotates(function string) bool {
	if s.functions == nil {
		s.functions = map[string]bool{}
		for _, e := range s.estates {
			for _, w := range e.Worlds {
				for _, one := range w.Secrets {
					s.functions[one.Function] = one.Function != ""
				}
			}
		}
	}
	return s.functions[function]
}

// anew returns the actions and resources of a statement without those that a statement before had
// that says the same otherwise.
func (r changedRule) anew() (actions, resources []string) {
	without := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(text string) bool {
			return slices.ContainsFunc(other,
				func(o string) bool { return strings.EqualFold(o, text) })
		})
	}
	actions, resources = r.Actions, r.Resources
	for _, o := range r.before {
		switch {
		case o.Effect != policy.Allow || o.NotActions || o.NotResources:
		case restOf(o, "Action") == restOf(r.Rule, "Action"):
			actions = without(actions, o.Actions)
		case restOf(o, "Resource") == restOf(r.Rule, "Resource"):
			resources = slices.DeleteFunc(slices.Clone(resources), func(text string) bool {
				return slices.Contains(o.Resources, text)
			})
		}
	}
	return actions, resources
}

// restOf writes a statement without its Sid and one of its elements.
func restOf(r *policy.Rule, element string) string {
	o, _ := r.Value.(cfn.Object)
	return cfn.JSON(slices.DeleteFunc(slices.Clone(o), func(m cfn.Member) bool {
		return m.Key == "Sid" || m.Key == element
	}))
}

// has says whether what an identity policy names is one secret, or a pattern that is asked about.
func (s *sight) has(text string) bool {
	const fields = 7 // arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME
	parts := strings.SplitN(strings.TrimSuffix(text, "-??????"), ":", fields)
	if !strings.ContainsAny(strings.TrimSuffix(strings.Join(parts, ":"), "-*"), "*?$") {
		return true
	}
	if s.patterns == nil {
		s.patterns = map[string]bool{}
		for _, e := range s.estates {
			for _, w := range e.Worlds {
				for _, one := range w.Secrets {
					if one.Pattern {
						s.patterns[one.Copies[0].Region+":"+one.Account+":secret:"+one.Name] = true
					}
				}
			}
		}
	}
	return len(parts) == fields && s.patterns[strings.Join(parts[3:], ":")]
}

// isAsked says whether all that an action, or a pattern of actions, stands for is asked about, or
// only looks at what there is, or only uses a key.
func isAsked(action string) bool {
	action = strings.ToLower(action)
	if ofVerbs()[action] {
		return true
	}
	table := aws.SecretsManagerActions
	switch {
	case strings.HasPrefix(action, "kms:"):
		table = aws.KMSActions
	case !strings.HasPrefix(action, "secretsmanager:"):
		return false
	}
	found := false
	for _, i := range table {
		name := strings.ToLower(i.Name)
		if !glob.Match(action, name) {
			continue
		}
		found = true
		if !ofVerbs()[name] && i.Access != aws.AccessRead && i.Access != aws.AccessList &&
			!strings.HasPrefix(name, "kms:reencrypt") &&
			!strings.HasPrefix(name, "kms:generatedatakey") {
			return false
		}
	}
	return found
}

// isIdle says whether an action writes logs, metrics and traces, or attaches a function to a
// network, and gives nobody access to anything.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
func isIdle(action string) bool {
	action = strings.ToLower(action)
	service, name, _ := strings.Cut(action, ":")
	switch service {
	case "logs", "xray", "cloudwatch":
		return true
	case "ec2":
		return strings.HasSuffix(name, "networkinterface") ||
			strings.HasSuffix(name, "networkinterfaces") ||
			strings.HasSuffix(name, "privateipaddresses")
	}
	return false
}

// idlePolicies are policies of AWS that say nothing but that, or let their owner pull images.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
var idlePolicies = []string{
	"service-role/AWSLambdaBasicExecutionRole", "service-role/AWSLambdaVPCAccessExecutionRole",
	"service-role/AmazonAPIGatewayPushToCloudWatchLogs",
	"service-role/AmazonECSTaskExecutionRolePolicy",
	"AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess",
}
