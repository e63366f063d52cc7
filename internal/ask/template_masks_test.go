package ask

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/source"
)

// Masks are found in the text when something is shown, after the template was read. CloudFormation
// takes the booleans of YAML 1.1, so that yes keeps the value of a parameter out of sight as true
// does: https://yaml.org/type/bool.html
func TestDefaultsAreHiddenOfEveryBooleanOfNoEcho(t *testing.T) {
	for _, yes := range []string{"true", "yes", "Yes", "YES", "on", "On", "ON"} {
		text := "Parameters:\n  Pin: { Type: String, NoEcho: " + yes + ", Default: hidden123 }\n" +
			"Conditions: { C: !Equals [!Ref Pin, hidden123] }\n" +
			"Resources: { T: { Type: AWS::SNS::Topic } }\n"
		file, alone := source.New("t", []byte(text)), source.Masks{}
		ReadTemplate(file, &alone)
		among := ReadTemplates([]*source.File{file})
		for at := range strings.Count(text, "hidden123") {
			start := 0
			for range at + 1 {
				start += strings.Index(text[start:], "hidden123") + 1
			}
			place := source.Span{File: file, Start: int32(start - 1), End: int32(start + 8)}
			for _, m := range []*source.Masks{&alone, &among[0].Masks} {
				if len(m.Within(place)) == 0 {
					t.Errorf("NoEcho: %s: place %d is shown", yes, at+1)
				}
			}
		}
	}
}
