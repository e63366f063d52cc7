package show

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
	"github.com/secretctl/secretctl/internal/verb"
)

// htmlSubject is a principal or a secret as the page has it.
type htmlSubject struct {
	ID      string   `json:"id"`
	ARN     string   `json:"arn"`
	Mark    string   `json:"mark,omitempty"` // what it is, where that is no role, user or secret
	Note    string   `json:"note,omitempty"`
	Account string   `json:"account,omitempty"`
	Become  []string `json:"become,omitempty"` // of a principal: the ids of those it may become
	Group   *int     `json:"group,omitempty"`  // of a principal
	Regions []string `json:"regions,omitempty"`
	// what a command calls it, and in which environment, where that is not its id
	Ask         string `json:"ask,omitempty"`
	Environment string `json:"environment,omitempty"`
	// of changes: its id where that is another one, and whether the new state does not have it
	Name string `json:"name,omitempty"`
	Gone bool   `json:"gone,omitempty"`

	report, at int // which of the reports it is of, and its number there
	group      int
	reads      [access.Allow + 1]int
	weight     int // of the most that it can do
}

// htmlGroup is a group of columns: the principals of an account, or of a kind.
type htmlGroup struct {
	Name    string `json:"name"`
	Note    string `json:"note,omitempty"`
	Outside bool   `json:"outside,omitempty"` // of no account that the stacks are deployed to
	order   int
	report  int
}

// The order of groups: those at home come first, and then who is ever farther away.
const (
	atHome = iota
	ofAWS
	ofOthers
	ofOrganizations
	ofEverybody
)

// subjects reads the principals and secrets of the page, and groups the principals.
func (p *htmlPage) subjects() {
	home := p.homeAccounts()
	groups := map[string]htmlGroup{}
	names := []string{}
	principal, secret := 0, 0
	for n := range p.all {
		r := &p.all[n].Report
		for i := range r.Principals {
			s := p.subject(&p.report.Principals[principal], n, i, r.Principals[i].ID)
			s.Become = p.becomings(n, r.Principals[i].MayBecome)
			g := groupOf(&p.report.Principals[principal], home)
			g.report = n
			if s.Environment != "" {
				g.Name = readable(s.Environment) + ": " + g.Name
			}
			groups[g.Name] = g
			names = append(names, g.Name)
			p.principals = append(p.principals, s)
			principal++
		}
		for i := range r.Secrets {
			s := p.subject(&p.report.Secrets[secret], n, i, r.Secrets[i].ID)
			s.Regions = readableList(p.report.Secrets[secret].Regions)
			p.secrets = append(p.secrets, s)
			secret++
		}
	}
	p.groups = slices.SortedFunc(maps.Values(groups), func(a, b htmlGroup) int {
		return cmp.Or(cmp.Compare(a.report, b.report), cmp.Compare(a.order, b.order),
			strings.Compare(a.Name, b.Name))
	})
	for i := range p.principals {
		s := &p.principals[i]
		s.group = slices.IndexFunc(p.groups, func(g htmlGroup) bool { return g.Name == names[i] })
		s.Group = &s.group
	}
	p.weigh()
}

func (p *htmlPage) subject(s *access.Subject, report, at int, id string) htmlSubject {
	out := htmlSubject{
		ID: readable(s.ID), ARN: readable(s.ARN), Mark: strings.Trim(kindMark(s), " ()"),
		Note: readable(s.Note), Account: accountOf(s), Environment: s.Environment, report: report,
		at: at,
	}
	if ask := quote(readable(id)); ask != out.ID {
		out.Ask = ask
	}
	if p.diff != nil {
		out.Gone = p.diff.gone[goneSubject{report, id, s.ARN}]
		if name := readable(id); name != out.ID {
			out.Name = name
		}
	}
	return out
}

// becomings returns the ids by which the page calls those whom somebody may become.
func (p *htmlPage) becomings(report int, ids []string) []string {
	var out []string
	for _, id := range ids {
		if len(p.all) > 1 {
			id += " (" + p.all[report].Environment + ")"
		}
		out = append(out, readable(id))
	}
	return out
}

// homeAccounts are the accounts that the stacks are deployed to; of a report that does not say it,
// those of the secrets.
func (p *htmlPage) homeAccounts() map[string]bool {
	home := map[string]bool{}
	if p.diff != nil {
		for _, r := range p.diff.changes.Reports {
			for _, account := range r.Accounts {
				home[cmp.Or(account, notStated)] = true
			}
		}
	}
	for i := range p.all {
		for _, d := range p.all[i].Deployed {
			home[cmp.Or(d.Account, notStated)] = true
		}
	}
	if len(home) > 0 {
		return home
	}
	for i := range p.report.Secrets {
		if account := accountOf(&p.report.Secrets[i]); account != "" {
			home[account] = true
		}
	}
	return home
}

// notStated is how an account is shown that nobody states.
const notStated = "<account>"

// accountOf returns the account of a principal or a secret; empty: it has none, or it is any.
func accountOf(s *access.Subject) string {
	account := readable(s.Account)
	if strings.ContainsAny(account, "*?") {
		return ""
	}
	return account
}

// groupOf returns the group that a principal is in.
func groupOf(s *access.Subject, home map[string]bool) htmlGroup {
	account := accountOf(s)
	switch {
	case s.Kind == "rotation" && account == "":
		return htmlGroup{Name: "Rotations", order: atHome}
	case s.Kind == "service":
		return htmlGroup{Name: "AWS services", order: ofAWS}
	case s.Kind == "organization":
		return htmlGroup{Name: "Organizations", Note: "outside", Outside: true,
			order: ofOrganizations}
	case s.Kind == "everybody" && account == "":
		return htmlGroup{Name: "Everybody", Note: "public", Outside: true, order: ofEverybody}
	case account == "":
		return htmlGroup{Name: "Any account", Note: "outside", Outside: true,
			order: ofOrganizations}
	case home[account]:
		name := "Account " + account
		if account == notStated {
			name = "Account of the stacks"
		}
		return htmlGroup{Name: name, order: atHome}
	}
	return htmlGroup{Name: "Account " + account, Note: "outside", Outside: true, order: ofOthers}
}

// weigh counts the secrets whose value each principal may read, by how certain that is, and finds
// the most that it can do.
func (p *htmlPage) weigh() {
	weights := make([]verb.Weight, len(p.report.Verbs))
	for i, name := range p.report.Verbs {
		weights[i] = verb.WeightOf(name)
	}
	best := access.Deny
	for i := range p.report.Rows {
		row := &p.report.Rows[i]
		s := &p.principals[row.Principal]
		if row.Answer.Effect > access.Deny {
			s.weight = max(s.weight, 4*int(weights[row.Verb])+int(row.Answer.Effect))
			if weights[row.Verb] == verb.Value {
				best = max(best, row.Answer.Effect)
			}
		}
		if i+1 == len(p.report.Rows) || p.report.Rows[i+1].Principal != row.Principal ||
			p.report.Rows[i+1].Secret != row.Secret {
			s.reads[best]++
			best = access.Deny
		}
	}
}

// readable returns of how many secrets a principal may read the value, as far as is known.
func (s *htmlSubject) readable() int { return s.reads[access.Allow] + s.reads[access.Conditional] }

// ordered returns the numbers of the principals as the page shows them: by group, and in a group
// those first who can do most.
func (p *htmlPage) ordered() []int {
	out := make([]int, len(p.principals))
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, func(a, b int) int {
		x, y := &p.principals[a], &p.principals[b]
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(y.weight, x.weight))
	})
	return out
}
