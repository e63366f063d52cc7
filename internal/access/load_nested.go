package access

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// nestedStack is the type of a stack in a stack.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudformation-stack.html
const nestedStack = "AWS::CloudFormation::Stack"

// maxNesting is how deep stacks are read that stand in each other.
const maxNesting = 10

// templateOf returns which of the given templates a nested stack has: the one of the file that its
// TemplateURL ends in, or that the CDK's metadata names; nil: none, or nobody knows which. guessed
// says that an address of the network names it, of which nobody knows what is there.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
func (src *deployment) templateOf(s *stack, id string) (g *givenStack, guessed bool) {
	r := s.Template.Resources[id]
	metadata, _ := r.Verbatim.Get("Metadata").(cfn.Object)
	for _, v := range []any{s.property(id, "TemplateURL"), metadata.Get("aws:asset:path"),
		metadata.Get("AssetPath")} {
		location := asText(s.e.Resolve(v))
		if found := src.templatesAt(s, location); len(found) > 0 {
			if len(found) > 1 {
				return nil, true
			}
			return found[0], strings.Contains(location, "://")
		}
	}
	return nil, false
}

// templatesAt returns the given templates whose files have the name at the end of a location, and
// of these the ones whose folders fit best. A nested stack is in the account and the Region of the
// stack that it stands in, so that a template is none of its that is deployed elsewhere.
func (src *deployment) templatesAt(s *stack, location string) []*givenStack {
	location, _, _ = strings.Cut(location, "?")
	parts := pathParts(location)
	if location == "" || cfn.HasUnknown(parts[len(parts)-1]) {
		return nil
	}
	var found []*givenStack
	best := 1
	for _, g := range src.stacks {
		if g == s.givenStack || isElsewhere(g.Account, s.account) ||
			isElsewhere(g.Region, s.region) {
			continue
		}
		file, _, _ := strings.Cut(g.File, "@")
		switch n := alikeAtEnd(parts, pathParts(file)); {
		case n > best:
			found, best = []*givenStack{g}, n
		case n == best:
			found = append(found, g)
		}
	}
	if len(found) > 1 {
		same := func(g *givenStack) bool { return path.Base(g.File) == path.Base(location) }
		if i := slices.IndexFunc(found, same); i >= 0 { // they differ in their extensions
			return found[i : i+1]
		}
	}
	return found
}

// isElsewhere says whether an account or a Region that is stated is certainly another one.
func isElsewhere(stated, other string) bool {
	return stated != "" && !cfn.HasUnknown(other) && stated != other
}

// pathParts returns the names in a path, the last one without its extension.
func pathParts(location string) []string {
	parts := strings.Split(path.Clean(strings.ReplaceAll(location, `\`, "/")), "/")
	parts[len(parts)-1] = withoutExtension(parts[len(parts)-1])
	return parts
}

// alikeAtEnd returns how many names two paths have in common at their ends.
func alikeAtEnd(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// withoutExtension cuts the usual extensions of a template off a file's name.
func withoutExtension(name string) string {
	for _, extension := range []string{".yaml", ".yml", ".json", ".template"} {
		name = strings.TrimSuffix(name, extension)
	}
	return name
}

// openNested adds the stacks that stand in a stack.
func (s *stack) openNested() {
	for _, id := range s.Template.IDsOf(nestedStack) {
		if child := s.child(id); child != nil && !slices.Contains(s.l.stacks, child) {
			s.l.stacks = append(s.l.stacks, child)
		}
	}
}

// child returns a nested stack whose template is given, or nil. While it is being made, as where
// stacks refer to each other's outputs in a circle, it is nil.
func (s *stack) child(id string) *stack {
	if s.asksOthers() {
		return nil
	}
	if known, ok := s.children[id]; ok {
		return known
	}
	s.children[id] = nil
	if typeOf(s.Template.Resources[id]) != nestedStack || s.e.Exists(id) == cfn.No {
		return nil
	}
	g, _ := s.l.src.templateOf(s, id)
	if g == nil || s.depth(g) > maxNesting {
		return nil
	}
	c := &stack{
		givenStack: g, l: s.l, parent: s, label: s.label + "." + id, account: s.account,
		region: s.region, maybe: s.maybeOf(id),
	}
	parameters := map[string]string{}
	for name, value := range g.Parameters {
		parameters[name] = value
	}
	values, _ := s.property(id, "Parameters").(cfn.Object)
	for _, m := range values {
		parameters[m.Key] = strings.Join(asTexts(m.Value), ",")
	}
	c.evaluate(s.generated(id, "stack name", 128), parameters)
	s.children[id] = c
	return c
}

// depth returns in how many stacks a nested one would stand; more than any, if its template is
// already among theirs.
func (s *stack) depth(g *givenStack) int {
	n := 1
	for at := s; at != nil; at = at.parent {
		if n++; at.givenStack == g {
			return maxNesting + 1
		}
	}
	return n
}

// untoldNested tells of a nested stack whose template is not given, or is taken to be one that is.
func (s *stack) untoldNested(id string) {
	g, guessed := s.l.src.templateOf(s, id)
	switch {
	case s.children[id] != nil && guessed:
		s.tell(id, "its template is taken to be "+g.label)
	case s.children[id] != nil:
	case g == nil && guessed:
		s.tell(id, "which of the given templates is that of the nested stack is not known, "+
			"so that it is not read")
	default:
		s.tell(id, "the template of the nested stack is not given, so that it is not read")
	}
}

// stackSet tells of a stack set.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/what-is-cfnstacksets.html
func (s *stack) stackSet(id string) { s.tell(id, "the template of the stack set is not read") }

// product tells of a product of a catalog, which is a stack of a template that is not given.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-servicecatalog-cloudformationprovisionedproduct.html
func (s *stack) product(id string) { s.tell(id, "the template of the product is not read") }

// surveyOutputs notes the outputs and exports of all stacks.
func (l *loader) surveyOutputs() {
	if l.surveyed {
		return
	}
	l.surveyed = true
	for _, s := range l.stacks {
		for _, name := range sortedKeys(s.Template.Outputs) {
			o := s.Template.Outputs[name]
			if o == nil {
				continue
			}
			exists := cfn.Yes
			if condition, _ := o.Member("Condition").(string); condition != "" {
				exists = s.e.Holds(condition)
			}
			if exists == cfn.No {
				continue
			}
			made := &output{s, name, exists == cfn.Yes && len(s.maybe) == 0}
			if s.parent == nil {
				l.outputs.add(s.place(s.e.Stack+" "+name), made)
			}
			export, _ := o.Member("Export").(cfn.Object)
			if exported := s.e.Text(export.Get("Name")); exported != "" {
				l.exports.add(s.place(exported), made)
			}
		}
	}
}

// outputs are outputs of stacks, by the place and the name under which others ask for them.
type outputs struct {
	by      map[string][]*output
	unclear []string // those of the keys that have unknown parts
}

func (o *outputs) add(key string, made *output) {
	if o.by == nil {
		o.by = map[string][]*output{}
	}
	if o.by[key] == nil && cfn.HasUnknown(key) {
		o.unclear = append(o.unclear, key)
	}
	o.by[key] = append(o.by[key], made)
}

// value returns what is asked for under a key; nil: none of the given stacks has it. Where several
// may be meant that differ, it is not known which export or stack has the name.
func (o *outputs) value(key, name, which string) any {
	all := slices.Clone(o.by[key])
	if certain := len(all) == 1 && all[0].certain; !certain {
		for _, other := range o.alike(key) {
			all = append(all, o.by[other]...)
		}
	}
	switch {
	case len(all) == 0:
		return nil
	case len(o.by[key]) > 0 && allSame(all):
		return all[0].value()
	}
	sum := sha256.Sum256([]byte(key))
	return cfn.Unknown{
		What: "condition", Name: which + " is called " + cfn.Shown(name),
		Shown:      "${" + strings.TrimPrefix(which, "which ") + " " + cfn.Shown(name) + "}",
		Expression: hex.EncodeToString(sum[:16]),
	}.Text()
}

// alike returns the other keys that may turn out to be a key.
func (o *outputs) alike(key string) []string {
	among := o.unclear
	if cfn.HasUnknown(key) {
		among = sortedKeys(o.by)
	}
	return slices.DeleteFunc(slices.Clone(among), func(other string) bool {
		return other == key || cfn.SameText(other, key) != cfn.Maybe
	})
}

// allSame says whether outputs return one text.
func allSame(all []*output) bool {
	if len(all) == 1 {
		return true
	}
	first, ok := all[0].value().(string)
	return ok && !slices.ContainsFunc(all, func(o *output) bool { return o.value() != any(first) })
}

// value returns what an output returns; nil: there is none.
func (o *output) value() any {
	if o == nil {
		return nil
	}
	return o.of.e.Resolve(o.of.Template.Outputs[o.name].Member("Value"))
}

// imported returns what another stack exports; nil: none of the given ones does.
func (s *stack) imported(name string) any {
	if s.asksOthers() {
		return nil
	}
	s.l.surveyOutputs()
	return s.l.exports.value(s.place(name), name, "which export")
}

// outputOf returns the output of another stack that Fn::GetStackOutput asks for. The role that is
// to read it tells the account.
func (s *stack) outputOf(arguments cfn.Object) any {
	if s.asksOthers() {
		return nil
	}
	s.l.surveyOutputs()
	account, region := s.account, s.region
	if text := asText(arguments.Get("Region")); text != "" {
		region = text
	}
	if role, err := aws.ParseARN(asText(arguments.Get("RoleArn"))); err == nil {
		account = role.Account
	}
	of, name := asText(arguments.Get("StackName")), asText(arguments.Get("OutputName"))
	return s.l.outputs.value(account+" "+region+" "+of+" "+name, of, "which stack")
}
