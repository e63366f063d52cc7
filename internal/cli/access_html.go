package cli

import (
	"bytes"
	_ "embed" // the parts of the page
	"encoding/json"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/access"
)

// The page, its style and its script.
var (
	//go:embed access.html
	accessPage string
	//go:embed access.css
	accessStyle string
	//go:embed access.js
	accessScript string
)

// accessData is what the page shows. Its script says what the numbers are.
type accessData struct {
	Verbs      []string        `json:"verbs"`
	Principals []accessSubject `json:"principals"`
	Secrets    []accessSubject `json:"secrets"`
	Conditions [][]string      `json:"conditions"`
	Lines      [][6]any        `json:"lines"`
	Problems   []string        `json:"problems"`
}

type accessSubject struct {
	ID      string   `json:"id"`
	ARN     string   `json:"arn"`
	Regions []string `json:"regions,omitempty"`
}

// renderAccessHTML writes a report as one page that needs nothing else. Its content security policy lets in nothing but its own style and script, and its data are
// JSON in which no character can end the element that they stand in.
// https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
func renderAccessHTML(r access.Report) []byte {
	var data bytes.Buffer
	if err := json.NewEncoder(&data).Encode(newAccessData(r)); err != nil { // it escapes <, >, &, U+2028 and U+2029
		panic("cli: a report that has no JSON: " + err.Error())
	}
	policy := "default-src 'none'; style-src " + hashSource(accessStyle) + "; script-src " + hashSource(accessScript) + "; base-uri 'none'; form-action 'none'"
	return []byte(strings.NewReplacer(
		"{{policy}}", policy,
		"{{style}}", accessStyle,
		"{{script}}", accessScript,
		"{{data}}", strings.TrimSpace(data.String()),
	).Replace(accessPage))
}

// newAccessData folds a report as it is told to people, and writes numbers for what is said often.
func newAccessData(r access.Report) accessData {
	out := accessData{Verbs: orEmpty(r.Verbs), Principals: subjectsOf(r.Principals), Secrets: subjectsOf(r.Secrets), Conditions: [][]string{}, Lines: [][6]any{}, Problems: []string{}}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, printable(p))
	}
	principals, conditions := places(r.Principals), map[string]int{}
	for i, s := range foldAccess(r, false) {
		for _, e := range s.entries {
			for _, line := range e.lines {
				out.Lines = append(out.Lines, out.line(i, principals[pairKey(e.other.ID, e.other.ARN)], line, conditions))
			}
		}
	}
	return out
}

// effectNumbers is the order of effects in the page: what grants more comes first.
var effectNumbers = [...]int{access.Allow: 0, access.Conditional: 1, access.Deny: 2}

// line writes one line. known has the numbers of conditions, and is added to.
func (d *accessData) line(secret, principal int, l accessLine, known map[string]int) [6]any {
	verbs := []int{}
	for _, v := range l.verbs {
		verbs = append(verbs, slices.Index(d.Verbs, v))
	}
	var regions any = 0
	if l.regions != nil {
		regions = allPrintable(l.regions)
	}
	conditions := -1
	if l.conditions != nil {
		var words []string
		for _, c := range l.conditions {
			words = append(words, conditionText(c, 0))
		}
		key := strings.Join(words, "\n")
		if _, ok := known[key]; !ok {
			known[key] = len(d.Conditions)
			d.Conditions = append(d.Conditions, words)
		}
		conditions = known[key]
	}
	return [6]any{secret, principal, verbs, regions, effectNumbers[l.effect], conditions}
}

func subjectsOf(list []access.Subject) []accessSubject {
	out := []accessSubject{}
	for _, s := range list {
		out = append(out, accessSubject{printable(s.ID), printable(s.ARN), allPrintable(s.Regions)})
	}
	return out
}

func allPrintable(list []string) []string {
	var out []string
	for _, text := range list {
		out = append(out, printable(text))
	}
	return out
}
