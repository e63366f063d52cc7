package change

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// sample is a pair of templates with one resource, of which one property differs.
type sample struct {
	of       string // the type
	property string
	old, new any // nil: the property is not set
	want     Risk
}

// resource returns the resource of one side of a sample.
func (s sample) resource(v any) *cfn.Resource {
	r := &cfn.Resource{Type: s.of, DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain"}
	for _, p := range aws.UpdatesOf(s.of).Properties { // without which there is no policy
		if p.Form == aws.OfPolicy && p.Name != s.property {
			r.Properties = append(r.Properties,
				cfn.Member{Key: p.Name, Value: documentFor("s:A")})
		}
	}
	if v != nil {
		r.Properties = append(r.Properties, cfn.Member{Key: s.property, Value: v})
	}
	return r
}

func (s sample) stacks() (before, after []Stack) {
	one := func(v any) []Stack {
		return []Stack{{File: "t", Template: &cfn.Template{
			Resources: map[string]*cfn.Resource{"R": s.resource(v)}}}}
	}
	return one(s.old), one(s.new)
}

// documentFor is a policy that allows one action.
func documentFor(action string) cfn.Object {
	return cfn.Object{{Key: "Statement", Value: []any{cfn.Object{
		{Key: "Effect", Value: "Allow"}, {Key: "Action", Value: action},
		{Key: "Resource", Value: "*"}}}}}
}

// valuesOf returns a value of a property, another one, and what the change from one to the other
// is by the words of the table: these are the rows of the contract, written a second time.
func valuesOf(t aws.TypeUpdates, p aws.PropertyUpdate) (old, new any, want Risk) {
	old, new, want = "a", "b", Updated
	switch p.Form {
	case aws.OfPolicy:
		old, new = documentFor("s:A"), documentFor("s:B")
	case aws.OfPolicies:
		old = []any{cfn.Object{{Key: "PolicyName", Value: "p"},
			{Key: "PolicyDocument", Value: documentFor("s:A")}}}
		new = []any{}
	case aws.Unordered:
		old, new = []any{"a", "b"}, []any{"b", "c"}
	}
	name := strings.TrimPrefix(t.Type, "AWS::") + "." + p.Name
	switch {
	case slices.Contains([]string{"KMS::Key.KeySpec", "KMS::Key.KeyUsage", "KMS::Key.Origin",
		"KMS::Key.MultiRegion"}, name):
		want = Fails
	case slices.Contains([]string{"SecretsManager::Secret.Name",
		"SecretsManager::Secret.SecretString",
		"SecretsManager::Secret.GenerateSecretString"}, name):
		want = ValueLost
	case name == "SecretsManager::Secret.KmsKeyId", name == "KMS::Alias.TargetKeyId":
		want = KeyChanged
	case name == "SecretsManager::Secret.ReplicaRegions":
		old, new = []any{cfn.Object{{Key: "Region", Value: "us-east-1"}}}, []any{}
		want = Deleted
	case strings.HasPrefix(name, "SecretsManager::RotationSchedule.") && p.Name != "SecretId":
		want = RotatesNow
		if p.Name == "RotateImmediatelyOnUpdate" {
			old, new = false, true
		}
	case p.Name == "TargetId", p.Name == "TargetType":
		want = AccessGap
	case p.Name == "Enabled":
		old, new, want = true, false, AccessGap
	case p.Name == "EnableKeyRotation", p.Name == "BlockPublicPolicy":
		old, new, want = true, false, GuardWeaker
	case p.Name == "BypassPolicyLockoutSafetyCheck":
		old, new, want = false, true, GuardWeaker
	case p.Name == "RotationPeriodInDays":
		old, new, want = 90, 180, GuardWeaker
	case p.Name == "PendingWindowInDays":
		old, new, want = 30, 7, GuardWeaker
	case p.Name == "PermissionsBoundary":
		want = GuardWeaker
	case p.Update == aws.Replaces:
		want = Replaced
	}
	return old, new, want
}

// samples returns a pair for every property of every type that the table has.
func samples() []sample {
	var out []sample
	for _, t := range aws.Updates() {
		for _, p := range t.Properties {
			old, new, want := valuesOf(t, p)
			out = append(out, sample{t.Type, p.Name, old, new, want})
		}
	}
	return out
}

// TestEveryPropertyHasItsRisk also walks the table: each row has AWS's page.
func TestEveryPropertyHasItsRisk(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range samples() {
		key := s.of + "." + s.property
		if seen[key] {
			t.Errorf("%s stands twice in the table", key)
		}
		seen[key] = true
		found := Resources(s.stacks())
		if s.property == "RotationLambdaARN" && len(found) == 2 && found[1].Unknown {
			found = found[:1] // another function is told, too
		}
		if s.want == Replaced && aws.UpdatesOf(s.of).IsPolicy && len(found) == 1 &&
			found[0].Risk == Orphaned {
			s.want = Orphaned // the samples are kept, and the policy before stays in effect
		}
		if len(found) != 1 || found[0].Risk != s.want || found[0].Unknown ||
			!strings.HasPrefix(found[0].Page, "https://docs.aws.amazon.com/") {
			t.Errorf("%s: %s, want %s", key, shown(found), s.want)
		}
	}
	for _, row := range aws.Updates() {
		if row.Page == "" || row.What == "" || len(row.Properties) == 0 {
			t.Errorf("the row of %s is not complete", row.Type)
		}
		if _, ok := row.Property(row.Named); row.Named != "" && !ok {
			t.Errorf("%s has no %s", row.Type, row.Named)
		}
	}
}

// estate makes a template with a number of secrets and all that belongs to them.
func estate(r *rand.Rand) *cfn.Template {
	t := &cfn.Template{
		Parameters: cfn.Object{{Key: "Env", Value: cfn.Object{{Key: "Type", Value: "String"}}}},
		Resources:  map[string]*cfn.Resource{}, Outputs: map[string]*cfn.Output{},
	}
	add := func(id, kind string, properties ...any) {
		one := &cfn.Resource{Type: kind}
		for i := 0; i < len(properties); i += 2 {
			one.Properties = append(one.Properties,
				cfn.Member{Key: properties[i].(string), Value: properties[i+1]})
		}
		t.Resources[id] = one
	}
	tags := []any{cfn.Object{{Key: "Key", Value: "team"}, {Key: "Value", Value: "pay"}},
		cfn.Object{{Key: "Key", Value: "env"}, {Key: "Value", Value: cfn.Ref("Env")}}}
	add("Key", "AWS::KMS::Key", "EnableKeyRotation", true, "PendingWindowInDays", 30,
		"KeyPolicy", documentOf(true), "Tags", tags)
	add("Role", "AWS::IAM::Role", "AssumeRolePolicyDocument", documentOf(false),
		"PermissionsBoundary", "arn:aws:iam::111111111111:policy/b")
	for i := range 1 + r.IntN(4) {
		id := fmt.Sprintf("S%d", i)
		add(id, "AWS::SecretsManager::Secret", "Name", fmt.Sprintf("shop/%d", i),
			"GenerateSecretString", cfn.Object{{Key: "PasswordLength", Value: 20 + r.IntN(9)}},
			"KmsKeyId", cfn.GetAtt("Key", "Arn"), "Description",
			cfn.Sub("of ${Env} in ${AWS::Region}"), "Tags", tags)
		t.Resources[id].DeletionPolicy = "Retain"
		add(id+"Policy", "AWS::SecretsManager::ResourcePolicy", "SecretId", cfn.Ref(id),
			"BlockPublicPolicy", true, "ResourcePolicy", documentOf(true))
		add(id+"Rotation", "AWS::SecretsManager::RotationSchedule", "SecretId", cfn.Ref(id),
			"RotationLambdaARN", "arn:aws:lambda:eu-west-1:111111111111:function:f",
			"RotationRules", cfn.Object{{Key: "AutomaticallyAfterDays", Value: 30}})
		add(id+"Access", "AWS::IAM::ManagedPolicy", "Roles", []any{cfn.Ref("Role")},
			"PolicyDocument", cfn.Object{{Key: "Statement", Value: []any{
				cfn.Object{{Key: "Effect", Value: "Allow"},
					{Key: "Action", Value: fmt.Sprintf("secretsmanager:Get%d", i)},
					{Key: "Resource", Value: cfn.Ref(id)}}}}})
	}
	return t
}

// documentOf is a policy with two statements, and maybe a denial.
func documentOf(denies bool) cfn.Object {
	list := []any{
		cfn.Object{{Key: "Sid", Value: "One"}, {Key: "Effect", Value: "Allow"},
			{Key: "Principal", Value: cfn.Object{{Key: "AWS", Value: []any{"a", "b"}}}},
			{Key: "Action", Value: []any{"s:Get", "s:List"}}, {Key: "Resource", Value: "*"}},
		cfn.Object{{Key: "Effect", Value: "Allow"},
			{Key: "Principal", Value: cfn.Object{{Key: "AWS", Value: cfn.Sub("${Env}")}}},
			{Key: "Action", Value: "s:Put"}, {Key: "Resource", Value: []any{"*"}}},
	}
	if denies {
		list = append(list, cfn.Object{{Key: "Effect", Value: "Deny"},
			{Key: "Principal", Value: "*"}, {Key: "Action", Value: "s:*"},
			{Key: "Resource", Value: "*"}})
	}
	return cfn.Object{{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: list}}
}

// copied returns a template that can be changed, in which every value is written another way.
func copied(t *cfn.Template, rewrite func(any) any) *cfn.Template {
	out := *t
	out.Resources = map[string]*cfn.Resource{}
	for id, r := range t.Resources {
		one := *r
		one.Properties, _ = rewrite(r.Properties).(cfn.Object)
		out.Resources[id] = &one
	}
	return &out
}

// rewriter writes values in other forms that mean the same.
func rewriter(r *rand.Rand) func(any) any {
	var rewrite func(name string, v any) any
	rewrite = func(name string, v any) any {
		switch v := v.(type) {
		case cfn.Object:
			out := make(cfn.Object, 0, len(v))
			for _, m := range v {
				if m.Key == "Sid" {
					continue
				}
				out = append(out, cfn.Member{Key: m.Key, Value: rewrite(m.Key, m.Value)})
			}
			r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
			return out
		case []any:
			out := make([]any, len(v))
			for i, e := range v {
				out[i] = rewrite("", e)
			}
			r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
			if len(out) == 1 && (name == "Action" || name == "Resource" || name == "Statement") {
				return out[0]
			}
			return out
		case bool, int:
			return fmt.Sprint(v)
		case string:
			return rewritten(r, v)
		}
		return v
	}
	return func(v any) any { return rewrite("", v) }
}

// rewritten writes a text as a function of the same value, or a function as another one.
func rewritten(r *rand.Rand, s string) any {
	if !cfn.IsIntrinsic(s) {
		switch r.IntN(4) {
		case 0:
			return cfn.Object{{Key: "Fn::Sub", Value: s}}
		case 1:
			at := r.IntN(len(s) + 1)
			return cfn.Object{{Key: "Fn::Join", Value: []any{"", []any{s[:at], s[at:]}}}}
		}
		return s
	}
	o := cfn.Parse(s).(cfn.Object)
	if text, ok := o[0].Value.(string); ok && o[0].Key == "Ref" {
		return cfn.Object{{Key: "Fn::Sub", Value: "${" + text + "}"}}
	}
	return o
}

// planted are changes of one thing, each with what must be found of it. They return the logical ID
// that it is found at.
var planted = map[string]func(r *rand.Rand, t *cfn.Template) string{
	"value-lost name":    set1("", "Name", "other"),
	"value-lost value":   set1("", "SecretString", "other"),
	"value-lost removed": func(_ *rand.Rand, t *cfn.Template) string { return drop(t, "S0") },
	"value-lost generator": set1("", "GenerateSecretString",
		cfn.Object{{Key: "PasswordLength", Value: 99}}),
	"update description":     set1("", "Description", "other"),
	"update tags":            set1("", "Tags", []any{}),
	"key-changed":            set1("", "KmsKeyId", "alias/other"),
	"replaced":               set1("Policy", "SecretId", "other"),
	"guard-weaker public":    set1("Policy", "BlockPublicPolicy", false),
	"guard-weaker denial":    set1("Policy", "ResourcePolicy", documentOf(false)),
	"rotates-now":            set1("Rotation", "RotationRules", cfn.Object{}),
	"update access":          set1("Access", "PolicyDocument", documentOf(false)),
	"replaced description":   set1("Access", "Description", "other"),
	"fails type":             func(_ *rand.Rand, t *cfn.Template) string { return retype(t) },
	"fails renamed":          func(_ *rand.Rand, t *cfn.Template) string { return rename(t, "S0") },
	"fails policy":           func(_ *rand.Rand, t *cfn.Template) string { return rename(t, "S0Policy") },
	"access-gap":             func(_ *rand.Rand, t *cfn.Template) string { return rename(t, "S0Access") },
	"moved":                  func(_ *rand.Rand, t *cfn.Template) string { return rename(t, "S0Rotation") },
	"orphaned":               func(_ *rand.Rand, t *cfn.Template) string { return drop(t, "S0") },
	"deleted":                func(_ *rand.Rand, t *cfn.Template) string { return drop(t, "S0Rotation") },
	"guard-weaker retention": func(_ *rand.Rand, t *cfn.Template) string { return letGo(t) },
	"fails key":              setKey("KeyUsage", "SIGN_VERIFY"),
	"guard-weaker rotation":  setKey("EnableKeyRotation", false),
	"guard-weaker window":    setKey("PendingWindowInDays", 7),
	"access-gap disabled":    setKey("Enabled", false),
}

// set1 sets a property of one secret, or of something that belongs to it.
func set1(part, property string, v any) func(*rand.Rand, *cfn.Template) string {
	return func(r *rand.Rand, t *cfn.Template) string {
		secrets := 0
		for t.Resources[fmt.Sprintf("S%d", secrets)] != nil {
			secrets++
		}
		return put(t, fmt.Sprintf("S%d%s", r.IntN(secrets), part), property, v)
	}
}

func setKey(property string, v any) func(*rand.Rand, *cfn.Template) string {
	return func(_ *rand.Rand, t *cfn.Template) string { return put(t, "Key", property, v) }
}

func put(t *cfn.Template, id, property string, v any) string {
	r := t.Resources[id]
	r.Properties = slices.DeleteFunc(slices.Clone(r.Properties), func(m cfn.Member) bool {
		return m.Key == property
	})
	r.Properties = append(r.Properties, cfn.Member{Key: property, Value: v})
	return id
}

func retype(t *cfn.Template) string {
	t.Resources["Role"].Type = "AWS::IAM::User"
	return "Role"
}

func rename(t *cfn.Template, id string) string {
	t.Resources["Other"] = t.Resources[id]
	delete(t.Resources, id)
	return "Other"
}

func drop(t *cfn.Template, id string) string {
	delete(t.Resources, id)
	return id
}

func letGo(t *cfn.Template) string {
	t.Resources["S0"].DeletionPolicy = "Delete"
	return "S0"
}

// TestPlantedChangesAreFound plants 500 changes in templates that are written another way, each of
// a stated kind, and finds each with its risk; what is only written another way is no change.
func TestPlantedChangesAreFound(t *testing.T) {
	kinds := make([]string, 0, len(planted))
	for kind := range planted {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for i := range 500 {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		before := estate(r)
		kind := kinds[i%len(kinds)]
		if kind == "value-lost removed" {
			before.Resources["S0"].DeletionPolicy = ""
		}
		state := func(t *cfn.Template) []Stack {
			return []Stack{{File: "t", Name: "t", Region: "eu-west-1", Template: t}}
		}
		same := copied(before, rewriter(r))
		if found := Resources(state(before), state(same)); len(found) > 0 {
			t.Fatalf("%d: written another way: %s", i, shown(found))
		}
		after := copied(before, rewriter(r))
		id := planted[kind](r, after)
		want, _, _ := strings.Cut(kind, " ")
		found := Resources(state(before), state(after))
		if !slices.ContainsFunc(found, func(f Resource) bool {
			return f.Risk.String() == want && f.LogicalID == id
		}) {
			t.Errorf("%d: %s at %s is not found, but\n%s", i, kind, id, shown(found))
		}
		others := slices.DeleteFunc(found, func(f Resource) bool {
			return f.LogicalID == id || f.LogicalID == id+"Rotation" && kind == "value-lost name"
		})
		if len(others) > 0 {
			t.Errorf("%d: %s at %s: also\n%s", i, kind, id, shown(others))
		}
	}
}

// FuzzResources: nothing breaks, and no set differs from itself.
func FuzzResources(f *testing.F) {
	for _, tt := range riskCases {
		f.Add(tt.old, tt.new)
	}
	f.Fuzz(func(t *testing.T, old, new string) {
		before, ok := fuzzed(old)
		after, alsoOK := fuzzed(new)
		if !ok || !alsoOK {
			return
		}
		for _, r := range Resources(before, after) {
			if r.Message == "" || r.Page == "" {
				t.Errorf("%s has no message or no page", r.LogicalID)
			}
		}
		again, _ := fuzzed(old)
		for _, r := range Resources(before, again) {
			if !r.Unknown {
				t.Errorf("a template differs from itself: %s %s: %s", r.Risk, r.LogicalID,
					r.Message)
			}
		}
	})
}

// TestWriteRisks writes every sample with what is said of it to the directory that RISKS names, for
// conformance/risk.
func TestWriteRisks(t *testing.T) {
	dir := os.Getenv("RISKS")
	if dir == "" {
		t.Skip("RISKS names no directory to write to")
	}
	var b strings.Builder
	for _, s := range samples() {
		before, after := s.stacks()
		found := Resources(before, after)
		var old, new strings.Builder
		old.Write(before[0].Template.Append(nil, cfn.Format{Compact: true}))
		new.Write(after[0].Template.Append(nil, cfn.Format{Compact: true}))
		fmt.Fprintf(&b, `{"type":%q,"property":%q,"risk":%q,"old":%s,"new":%s}`+"\n", s.of,
			s.property, found[0].Risk, strings.TrimSpace(old.String()),
			strings.TrimSpace(new.String()))
	}
	if err := os.WriteFile(dir+"/risks.ndjson", []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}
