package access_test

import (
	"fmt"
	"slices"
)

// becomings returns the roles that a principal may assume and of which that is not told.
func (s *sound) becomings(count map[string]int) []string {
	var wrong []string
	become := map[string][]string{}
	for _, w := range s.e.Worlds {
		for _, p := range w.Principals {
			become[p.ID] = append(become[p.ID], p.MayBecome...)
			count["roles that somebody may become, as told"] += len(p.MayBecome)
		}
	}
	for _, b := range s.g.Becomings() {
		role, who := "", ""
		for _, p := range s.principals() {
			switch {
			case s.madeBy(p, b.RoleID):
				role = p.ID
			case s.madeBy(p, b.PrincipalID):
				who = p.ID
			}
		}
		if role == "" || who == "" {
			continue // nobody else names it
		}
		count["roles that somebody may become"]++
		if !slices.Contains(become[who], role) {
			wrong = append(wrong, fmt.Sprintf("seed %d: %s may become %s, and is said to become %q",
				s.g.Seed, who, role, become[who]))
		}
	}
	return wrong
}
