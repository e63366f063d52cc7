package show

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/plan"
)

// rollout is a plan as people read it: the stacks in numbered steps, shards that are alike in one.
type rollout struct {
	plan  plan.Plan
	steps []step
}

// step is one stack, or several that follow each other and differ in nothing but their secrets.
type step struct {
	number int // of its first stack, from 1
	stacks []plan.Stack
	holds  map[string]int // resource type → how many its stacks hold together
}

// fewestAlike is how many shards must be alike before they are told as one step.
const fewestAlike = 3

// newRollout puts a plan into steps.
func newRollout(plan plan.Plan) rollout {
	r := rollout{plan: plan}
	for i := 0; i < len(plan.Stacks); {
		n := 1
		for i+n < len(plan.Stacks) && alike(plan.Stacks[i], plan.Stacks[i+n]) {
			n++
		}
		if n < fewestAlike {
			n = 1
		}
		s := step{number: i + 1, stacks: plan.Stacks[i : i+n], holds: map[string]int{}}
		for _, stack := range s.stacks {
			for kind, count := range stack.Types {
				s.holds[kind] += count
			}
		}
		r.steps = append(r.steps, s)
		i += n
	}
	return r
}

// alike says whether two stacks are shards that are deployed in the same way.
func alike(a, b plan.Stack) bool {
	return a.Kind == "shard" && b.Kind == "shard" && a.Account == b.Account &&
		a.Region == b.Region &&
		slices.Equal(a.Capabilities, b.Capabilities) && slices.Equal(a.DependsOn, b.DependsOn) &&
		slices.Equal(parameterNames(a), parameterNames(b))
}

// parameterNames are the parameters that whoever deploys a stack must give.
func parameterNames(s plan.Stack) []string {
	var names []string
	for _, m := range s.Parameters {
		names = append(names, m.Key)
	}
	return names
}

// first is the step's first stack; what holds for all its stacks is read from it.
func (s step) first() plan.Stack { return s.stacks[0] }

// last is the step's last stack.
func (s step) last() plan.Stack { return s.stacks[len(s.stacks)-1] }

// numbers says which stacks these are: "4" or "4–133".
func (s step) numbers() string { return fromTo(s.number, s.number+len(s.stacks)-1, strconv.Itoa) }

// fromTo writes a range of numbers, which may be one.
func fromTo(from, to int, text func(int) string) string {
	if from == to {
		return text(from)
	}
	return text(from) + "–" + text(to)
}

// measure writes what a number is in the stacks of a step: "54", or "20–44" when they differ.
func (s step) measure(of func(plan.Stack) int) string {
	from, to := of(s.first()), of(s.first())
	for _, stack := range s.stacks {
		from, to = min(from, of(stack)), max(to, of(stack))
	}
	return fromTo(from, to, english.Thousands)
}

func resourcesOf(s plan.Stack) int { return s.Resources }
func bytesOf(s plan.Stack) int     { return s.Bytes }

// uploads is how many of a step's templates need a bucket.
func (s step) uploads() int {
	n := 0
	for _, stack := range s.stacks {
		if stack.NeedsBucket() {
			n++
		}
	}
	return n
}

// targetOf says where a stack is deployed to, as far as the spec states it.
func targetOf(s plan.Stack) string {
	switch {
	case s.Account == "" && s.Region == "":
		return "the account and Region you deploy to"
	case s.Account == "":
		return s.Region + ", in the account you deploy to"
	case s.Region == "":
		return "account " + s.Account + ", in the Region you deploy to"
	}
	return s.Region + " of account " + s.Account
}

// resourceWords are the words for what secretctl derives, in the order in which it is told. Other
// resources are told by their type.
var resourceWords = []struct{ kind, one, many string }{
	{"AWS::KMS::Key", "key", "keys"},
	{"AWS::KMS::Alias", "alias", "aliases"},
	{"AWS::SecretsManager::Secret", "secret", "secrets"},
	{"AWS::SecretsManager::ResourcePolicy", "resource policy", "resource policies"},
	{"AWS::SecretsManager::SecretTargetAttachment", "attachment", "attachments"},
	{"AWS::SecretsManager::RotationSchedule", "rotation schedule", "rotation schedules"},
	{"AWS::IAM::Role", "role", "roles"},
	{"AWS::IAM::ManagedPolicy", "managed policy", "managed policies"},
	{"AWS::IAM::Policy", "inline policy", "inline policies"},
	{"AWS::Lambda::Permission", "function permission", "function permissions"},
	{"AWS::Serverless::Application", "serverless application", "serverless applications"},
	{"AWS::EC2::SecurityGroup", "security group", "security groups"},
	{"AWS::EC2::SecurityGroupIngress", "security group rule", "security group rules"},
}

// contents says what the stacks of a step hold together: "2 keys, 40 secrets, 1
// AWS::RDS::DBInstance". A type that has no words is shown as name writes it.
func (s step) contents(name func(string) string) string {
	var parts []string
	others := maps.Clone(s.holds)
	for _, word := range resourceWords {
		if n := others[word.kind]; n > 0 {
			parts = append(parts, english.Plural(n, word.one, word.many))
		}
		delete(others, word.kind)
	}
	for _, kind := range slices.Sorted(maps.Keys(others)) {
		parts = append(parts, english.Plural(others[kind], name(kind), name(kind)))
	}
	return strings.Join(parts, ", ")
}

// waits says what must be deployed before a step, by the numbers of the stacks: "stacks 1, 2 and
// 4–133", or "" for nothing.
func (r rollout) waits(s step) string {
	var numbers []int
	for i, stack := range r.plan.Stacks {
		if slices.Contains(s.first().DependsOn, stack.Template) {
			numbers = append(numbers, i+1)
		}
	}
	var runs []string
	for i := 0; i < len(numbers); {
		n := 1
		for i+n < len(numbers) && numbers[i+n] == numbers[i]+n {
			n++
		}
		if n == 2 { // 1–2 would be no shorter than 1, 2
			n = 1
		}
		runs = append(runs, fromTo(numbers[i], numbers[i]+n-1, strconv.Itoa))
		i += n
	}
	switch {
	case len(numbers) == 0:
		return ""
	case len(numbers) == 1:
		return "stack " + runs[0]
	}
	return "stacks " + english.List(runs)
}

// fullness is one policy document, with the stack that it is in.
type fullness struct {
	plan.Document
	number int // of the stack
	stack  string
}

// left is how many characters the document may still grow by, and the percentage of its limit that
// is.
func (f fullness) left() (characters, percent int) {
	characters = f.Limit - f.Size
	return characters, characters * 100 / max(1, f.Limit)
}

// fullest returns the policy documents of steps, the one nearest to its limit first.
func fullest(steps ...step) []fullness {
	var all []fullness
	for _, s := range steps {
		for i, stack := range s.stacks {
			for _, d := range stack.Documents {
				all = append(all, fullness{d, s.number + i, stack.Name})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b fullness) int {
		return cmp.Compare(b.Size*a.Limit, a.Size*b.Limit)
	})
	return all
}

// handOvers returns what is handed over, sorted by account and document, so that what belongs
// together stands together.
func (r rollout) handOvers() []plan.HandOver {
	all := slices.Clone(r.plan.HandOver)
	slices.SortStableFunc(all, func(a, b plan.HandOver) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Document, b.Document),
			cmp.Compare(a.Of, b.Of))
	})
	return all
}

// documentOf names the document that statements are handed over to.
func documentOf(h plan.HandOver) string { return h.Document + " of " + Printable(h.Of) }

// ownerOf names the account that statements are handed over to.
func ownerOf(h plan.HandOver) string {
	switch {
	case h.Account != "":
		return "Account " + h.Account
	case strings.HasPrefix(h.Of, "o-"): // an organization, or a part of one
		return "The accounts of organization " + Printable(strings.SplitN(h.Of, "/", 2)[0])
	}
	return "The account you deploy to"
}

// reasonOf says what needs the statements.
func reasonOf(h plan.HandOver) string { return Printable(strings.TrimRight(h.Because, " ,")) }

// statementsOf writes the statements as they stand in a document's Statement list, or the calls
// that add them to the policy of a function, and whether an intrinsic function stands in them. It
// means nothing outside of the template.
func statementsOf(h plan.HandOver) (text string, functions bool) {
	var b []byte
	if h.Calls != nil {
		b = []byte(strings.Join(h.Calls, "\n"))
	}
	for i, s := range h.Statements {
		if h.Calls != nil {
			break
		}
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = cfn.AppendValue(b, s, cfn.Format{})
	}
	lines := strings.Split(string(b), "\n")
	for i, line := range lines {
		lines[i] = Printable(line)
	}
	text = strings.Join(lines, "\n")
	return text, strings.Contains(text, `"Ref":`) || strings.Contains(text, `"Fn::`)
}

// callsToo goes on after what others must add, where something is handed over as calls.
func (r rollout) callsToo() string {
	if slices.ContainsFunc(r.plan.HandOver, func(h plan.HandOver) bool { return h.Calls != nil }) {
		return ", and make these calls"
	}
	return ""
}

// language is what the statements are written in, for Markdown.
func language(h plan.HandOver) string {
	if h.Calls != nil {
		return "sh"
	}
	return "json"
}

// places says how many stacks there are and where: "4 stacks in 2 accounts and 3 Regions".
func (r rollout) places() string {
	accounts, regions := map[string]bool{}, map[string]bool{}
	for _, s := range r.plan.Stacks {
		accounts[s.Account], regions[s.Region] = true, true
	}
	text := english.Plural(len(r.plan.Stacks), "stack", "stacks")
	var many []string
	if len(accounts) > 1 {
		many = append(many, english.Plural(len(accounts), "account", "accounts"))
	}
	if len(regions) > 1 {
		many = append(many, english.Plural(len(regions), "Region", "Regions"))
	}
	if len(many) > 0 {
		text += " in " + english.List(many)
	}
	return text
}

// statements is how many statements are handed over.
func (r rollout) statements() int {
	n := 0
	for _, h := range r.plan.HandOver {
		n += len(h.Statements)
	}
	return n
}
