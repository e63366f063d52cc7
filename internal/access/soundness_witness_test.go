package access_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/simulator/generate"
)

// witnesses puts every witness of every yes to the simulator. It returns how many there are, those
// that it refuses, and why others were not put to it.
func (s *sound) witnesses(count map[string]int) []string {
	var wrong []string
	for _, w := range s.e.Worlds {
		assuming, ok := s.assuming(w)
		for _, p := range w.Principals {
			if p.Kind == access.RotationPrincipal {
				continue // taken to do its work, whatever its policies are
			}
			for _, secret := range w.Secrets {
				if !slices.Contains([]string{"Db", "Api", "Token"}, secret.ID) {
					continue // only policies name it
				}
				for at := range secret.Copies {
					for i := range testedVerbs {
						if !testedVerbs[i].Reaches(at) {
							continue
						}
						x := access.Explain(p, testedVerbs[i], secret, at)
						if x.Effect >= access.Conditional && len(x.Witness) == 0 {
							wrong = append(wrong,
								fmt.Sprintf("seed %d: %s %s %s is %s, without a witness", s.g.Seed,
									p.ID, testedVerbs[i].Name, secret.ID, x.Effect))
						}
						for _, one := range x.Witness {
							if !ok {
								count["passed over: a world that is none of the deployment's"]++
								continue
							}
							said := s.refuses(p, secret, at, one, assuming, count)
							if said != "" {
								wrong = append(wrong,
									fmt.Sprintf("seed %d: %s %s %s (%s): %s", s.g.Seed, p.ID,
										testedVerbs[i].Name, secret.ID, x.Effect, said))
							}
						}
					}
				}
			}
		}
	}
	return wrong
}

// assuming returns what a world takes parameters to be. It fails for a world that no deployment of
// the generated estate is.
func (s *sound) assuming(w *access.World) ([]generate.Assumption, bool) {
	env, west, both := "", "", ""
	for _, c := range w.Conditions {
		_, name, dotted := strings.Cut(c.Name, ".")
		if !dotted {
			name = c.Name
		}
		held := fmt.Sprint(c.Holds)
		switch name {
		case "IsProd":
			env = map[string]string{"true": "prod", "false": "dev"}[held]
		case "NotProd":
			env = map[string]string{"true": "dev", "false": "prod"}[held]
		case "InWest":
			west = held
		case "ProdInWest":
			both = held
		}
	}
	if both != "" && env == "" { // alone it tells which environment it is, in this Region
		env = map[string]string{"true": "prod", "false": "dev"}[both]
	}
	if west == "false" || both != "" && (both == "true") != (env == "prod") {
		return nil, false
	}
	if env == "" {
		return nil, true
	}
	return []generate.Assumption{{What: "parameter", Name: "Env", Template: "app", Value: env}},
		true
}

// refuses says why a witness is none; empty: it is one, or it cannot be put to the simulator, which
// is counted.
func (s *sound) refuses(
	p *access.Principal, secret *access.Secret, at int, one access.Witness,
	assuming []generate.Assumption, count map[string]int,
) string {
	out := generate.Witness{
		SecretID: secret.ID, Action: one.Action, Context: map[string][]string{}, Assuming: assuming,
	}
	unknown := ""
	fill := func(text string) string {
		filled, ok := s.fill(text)
		if !ok {
			unknown = filled
		}
		return filled
	}
	out.Region = fill(secret.Copies[at].Region)
	out.Caller, out.Resource = fill(one.Caller), fill(one.Resource)
	out.ResourceAccount = fill(one.ResourceAccount)
	for _, key := range slices.Sorted(maps.Keys(one.Context)) {
		for _, v := range one.Context[key] {
			out.Context[fill(key)] = append(out.Context[fill(key)], fill(v))
		}
	}
	switch id, ok := s.generatedID(p); {
	case unknown != "":
		count["passed over: "+unknown]++
		return ""
	case !ok:
		count["passed over: a "+p.Kind.String()+" that the simulator does not know"]++
		return ""
	default:
		out.PrincipalID = id
	}
	s.concrete(p, &out)
	if p.PathUnknown && out.Caller != s.g.CallerARN(out.PrincipalID) {
		count["passed over: a path that is not the one of the deployment"]++
		return ""
	}
	if strings.HasPrefix(out.Caller, "AROA") {
		count["passed over: who has a unique id, which only the deployment makes"]++
		return ""
	}
	if out.CallerKind != "service" && strings.Count(out.Caller, ":") < 5 {
		return fmt.Sprintf("the caller of the witness is %s (%s): %q", out.Caller, p.Kind,
			out.Context)
	}
	allowed, why, err := s.g.AllowsWitness(out)
	count["witnesses"]++
	if err != nil {
		return err.Error()
	}
	if _, asked := count["doubtful"]; asked && s.g.DoubtfulWitness(out) {
		count["doubtful"]++
	}
	if allowed {
		return ""
	}
	if p.Kind == access.EverybodyPrincipal && p.ARN == "*" &&
		strings.Contains(out.Caller, ":"+out.ResourceAccount+":") {
		count["passed over: somebody of the secret's own account among everybody, "+
			"whose policies are out of sight"]++
		return ""
	}
	if s.g.DoubtfulWitness(out) {
		count["witnesses that are doubtful"]++
		return ""
	}
	text := fmt.Sprintf("%s %s on %s is refused: %s (%v)\n", out.Caller, one.Action, out.Resource,
		why, assuming)
	for _, key := range slices.Sorted(maps.Keys(out.Context)) {
		text += fmt.Sprintf("    %s = %q\n", key, out.Context[key])
	}
	return text
}

// generatedID returns the principal of the generated estate that a principal is, or everybody for
// those who stand for many.
func (s *sound) generatedID(p *access.Principal) (string, bool) {
	switch p.Kind {
	case access.PatternPrincipal:
		return "everybody", true
	case access.SessionPrincipal:
		for _, id := range s.g.PrincipalIDs() {
			if p.Role != nil && s.madeBy(p.Role, id) {
				return id, true
			}
		}
		return "everybody", p.Role == nil
	case access.EverybodyPrincipal, access.OrganizationPrincipal, access.AccountPrincipal:
		return "everybody", true
	case access.RolePrincipal, access.UserPrincipal, access.ServicePrincipal:
		for _, id := range s.g.PrincipalIDs() {
			if s.madeBy(p, id) {
				return id, true
			}
		}
	}
	return "", false
}

// concrete makes one caller of those whom a principal stands for.
func (s *sound) concrete(p *access.Principal, w *generate.Witness) {
	w.CallerKind = "role"
	if p.Kind == access.UserPrincipal || p.Kind == access.ServicePrincipal {
		w.CallerKind = p.Kind.String()
	}
	if p.Kind == access.SessionPrincipal && len(w.Context["aws:PrincipalArn"]) == 1 {
		w.Caller = w.Context["aws:PrincipalArn"][0]
	}
	if p.Kind == access.EverybodyPrincipal && strings.HasSuffix(w.Caller, ".amazonaws.com") {
		w.CallerKind = "service"
		return
	}
	if w.PrincipalID != "everybody" {
		if arn := w.Context["aws:PrincipalArn"]; p.PathUnknown && len(arn) == 1 {
			w.Caller = arn[0]
		}
		return
	}
	if arn := w.Context["aws:PrincipalArn"]; len(arn) == 1 {
		w.Caller = arn[0]
	}
	switch {
	case strings.Contains(w.Caller, ":user/"):
		w.CallerKind = "user"
	case strings.HasSuffix(w.Caller, ":root"):
		w.CallerKind = "root"
	}
}
