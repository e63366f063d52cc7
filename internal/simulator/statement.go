package simulator

import (
	"maps"
	"slices"
	"strings"
)

// applies evaluates the elements of a statement, and stops at one that is not met; but where tests
// are noted, all are.
func (e *evaluation) applies(
	s map[string]any,
	version string,
	ofResource bool,
	ask func(string, string, []string, bool) bool,
) grant {
	met := true
	if v, ok := s["Action"]; ok {
		met = ask("Action", "", nil, e.action(v)) && met
	} else if v, ok := s["NotAction"]; ok {
		met = ask("NotAction", "", nil, !e.action(v)) && met
	} else {
		met = false
	}
	if !met && e.seen == nil {
		return nothing
	}
	if v, ok := s["Resource"]; ok {
		matches, _ := e.resource(v, version)
		met = ask("Resource", "", variablesIn(v, version), matches) && met
	} else if v, ok := s["NotResource"]; ok {
		matches, whole := e.resource(v, version)
		outcome := !matches && (whole || !e.how.NotResourceNeedsVariables)
		met = ask("NotResource", "", variablesIn(v, version), outcome) && met
	} else {
		met = false // a statement of a key policy without Resource has no effect
	}
	how := directly
	if ofResource {
		how = e.principal(s, ask)
	}
	if (!met || how == nothing) && e.seen == nil {
		return nothing
	}
	conditions, _ := s["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		keys, _ := conditions[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			outcome := e.condition(operator, key, texts(keys[key]), version)
			met = ask(operator, key, variablesIn(keys[key], version), outcome) && met
		}
	}
	if !met {
		return nothing
	}
	return how
}

// principal returns how a statement of a resource's policy names the caller.
func (e *evaluation) principal(
	s map[string]any,
	ask func(string, string, []string, bool) bool,
) grant {
	if v, ok := s["Principal"]; ok {
		how := e.named(v)
		if ask("Principal", "", nil, how > nothing) {
			return max(how, toAccount)
		}
		return nothing
	}
	v, ok := s["NotPrincipal"]
	if !ok {
		return nothing
	}
	// Whoever has a boundary is always denied by a Deny with NotPrincipal.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
	bounded := s["Effect"] == "Deny" && e.bounded
	if ask("NotPrincipal", "", nil,
		bounded || !e.excepted(v, e.how.AccountExceptsMembers && s["Effect"] == "Allow")) {
		return e.everybody()
	}
	return nothing
}

func (e *evaluation) everybody() grant {
	if e.how.EverybodyIsBounded && e.r.CallerKind == "role" {
		return toRole
	}
	return directly
}

// named returns how a Principal element names the caller.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func (e *evaluation) named(v any) grant {
	if v == "*" {
		return e.everybody()
	}
	best := nothing
	kinds, _ := v.(map[string]any)
	for _, name := range texts(kinds["Service"]) {
		if e.r.CallerKind == "service" && name == e.r.CallerARN {
			best = directly
		}
	}
	for _, name := range texts(kinds["AWS"]) {
		best = max(best, e.namedAs(name))
	}
	return best
}

func (e *evaluation) namedAs(name string) grant {
	if name == "*" {
		if e.r.CallerKind == "service" && e.how.EverybodyOfAWSHasNoServices {
			return nothing
		}
		return e.everybody()
	}
	if e.isCaller(name) {
		if e.r.CallerKind == "role" && !strings.Contains(name, ":assumed-role/") {
			return toRole
		}
		if e.r.CallerKind == "root" {
			return toAccount
		}
		return directly
	}
	if e.r.CallerKind != "service" &&
		(name == e.r.CallerAccount || isRootOf(name, e.r.CallerAccount)) {
		return toAccount
	}
	return nothing
}

// isCaller says whether a name is that of the caller itself: its ARN, its unique id, or the ARN of
// its session.
func (e *evaluation) isCaller(name string) bool {
	if name == e.r.CallerARN {
		return true
	}
	id, session, _ := strings.Cut(strings.Join(e.context["aws:userid"], ""), ":")
	if id != "" && name == id {
		return true
	}
	if e.r.CallerKind != "role" || session == "" {
		return false
	}
	part := strings.SplitN(e.r.CallerARN, ":", 6)
	role := part[5][strings.LastIndex(part[5], "/")+1:]
	return name == "arn:"+part[1]+":sts::"+e.r.CallerAccount+":assumed-role/"+role+"/"+session
}

// excepted says whether NotPrincipal lists the caller. Its account does not stand for it: AWS's
// example lists the account beside the only user that is spared.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
func (e *evaluation) excepted(v any, byAccount bool) bool {
	if v == "*" {
		return true
	}
	kinds, _ := v.(map[string]any)
	for _, name := range texts(kinds["Service"]) {
		if e.r.CallerKind == "service" && name == e.r.CallerARN {
			return true
		}
	}
	for _, name := range texts(kinds["AWS"]) {
		if name == "*" || e.isCaller(name) ||
			(byAccount || e.r.CallerKind == "root") &&
				(name == e.r.CallerAccount || isRootOf(name, e.r.CallerAccount)) {
			return true
		}
	}
	return false
}

func isRootOf(name, account string) bool {
	part := strings.SplitN(name, ":", 6)
	return len(part) == 6 && part[2] == "iam" && part[4] == account && part[5] == "root"
}

// action says whether some pattern matches the action, in any case.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func (e *evaluation) action(v any) bool {
	return slices.ContainsFunc(texts(v), func(pattern string) bool {
		return glob(literal(strings.ToLower(pattern), true), []rune(strings.ToLower(e.r.Action)))
	})
}

// resource says whether some pattern matches the resource, and whether every variable had a value.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func (e *evaluation) resource(v any, version string) (matches, whole bool) {
	whole = true
	for _, text := range texts(v) {
		pattern, ok := e.expand(text, version, true)
		if !ok {
			whole = false
			continue
		}
		if e.how.ResourceByComponent && text != "*" {
			matches = matches || arnMatches(pattern, e.r.Resource)
		} else {
			matches = matches || glob(pattern, []rune(e.r.Resource))
		}
	}
	return matches, whole
}
