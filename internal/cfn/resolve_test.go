package cfn

import (
	"encoding/json"
	"strings"
	"testing"
)

// fromJSON reads JSON as values of a template, with members in their order.
func fromJSON(t testing.TB, text string) any {
	t.Helper()
	var compact strings.Builder
	inText := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && inText:
			compact.WriteByte(c)
			i++
			compact.WriteByte(text[i])
			continue
		case c == '"':
			inText = !inText
		case !inText && strings.IndexByte(" \t\r\n", c) >= 0:
			continue
		}
		compact.WriteByte(c)
	}
	if !json.Valid([]byte(text)) {
		t.Fatalf("this is not JSON: %s", text)
	}
	return Parse("\x00" + compact.String())
}

func section(t testing.TB, text string) Object { return fromJSON(t, text).(Object) }

// world is a template with everything that functions can refer to.
func world(t testing.TB) *Resolver {
	return &Resolver{
		Account: "111111111111", Region: "eu-west-1", Partition: "aws", URLSuffix: "amazonaws.com", Stack: "shop",
		Parameters: map[string]string{"Stage": "prod"},
		Template: &Template{
			Parameters: section(t, `{
				"Stage": {"Type": "String", "Default": "dev"}, "Team": {"Type": "String", "Default": "payments"}, "Free": {"Type": "String"},
				"Count": {"Type": "Number", "MinValue": 3}, "Size": {"Type": "Number"}, "Zones": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
				"Vpc": {"Type": "AWS::EC2::VPC::Id"}, "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}, "Empty": {"Type": "CommaDelimitedList", "Default": ""},
				"Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/version"},
				"Choice": {"Type": "String", "AllowedValues": ["small", "large"]}, "Host": {"Type": "AWS::EC2::AvailabilityZone::Name"}
			}`),
			Mappings: section(t, `{"Accounts": {"eu-west-1": {"id": "222222222222", "list": ["x", "y"]}}}`),
			Conditions: section(t, `{
				"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}, "NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
				"Both": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": ["a", "a"]}]}, "Either": {"Fn::Or": [{"Condition": "NotProd"}, {"Condition": "Both"}]},
				"Round": {"Fn::Not": [{"Condition": "Trip"}]}, "Trip": {"Condition": "Round"}
			}`),
			Resources: map[string]*Resource{
				"Db": {Type: "AWS::RDS::DBInstance"}, "Off": {Type: "AWS::KMS::Key", Condition: "NotProd"},
				"Verbatim": {Type: "AWS::KMS::Key", Verbatim: section(t, `{"Type": "AWS::KMS::Key", "Condition": "NotProd"}`)},
			},
		},
		Resource: func(id, attribute string) any {
			switch attribute {
			case "":
				return "ref-of-" + id
			case "Arn":
				return "arn:aws:rds:eu-west-1:111111111111:db:" + id
			}
			return nil
		},
		Import: func(name string) any {
			if name == "shared-key" {
				return "arn:aws:kms:eu-west-1:111111111111:key/k"
			}
			return nil
		},
	}
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
func TestFunctionsHaveTheValuesThatTheyReturn(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"a text", `"x"`, `"x"`},
		{"an account", `{"Ref": "AWS::AccountId"}`, `"111111111111"`},
		{"a partition", `{"Fn::Sub": "${AWS::Partition}/${AWS::Region}/${AWS::URLSuffix}/${AWS::StackName}"}`, `"aws/eu-west-1/amazonaws.com/shop"`},
		{"the stack's id", `{"Ref": "AWS::StackId"}`, `"arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/00000000-0000-0000-0000-000000000000"`},
		{"no value as a member", `{"A": 1, "B": {"Ref": "AWS::NoValue"}}`, `{"A":1}`},
		{"no value as an element", `["a", {"Ref": "AWS::NoValue"}, {"Fn::If": ["NotProd", "b", {"Ref": "AWS::NoValue"}]}]`, `["a"]`},
		{"no value alone", `{"Ref": "AWS::NoValue"}`, `null`},
		{"a parameter that is given", `{"Ref": "Stage"}`, `"prod"`},
		{"a parameter with a default", `{"Ref": "Team"}`, `"payments"`},
		{"a parameter without", `{"Ref": "Free"}`, `"Free"`},
		{"a number", `[{"Ref": "Count"}, {"Ref": "Size"}]`, `["3","1"]`},
		{"a list", `{"Ref": "Zones"}`, `["a","b","c"]`},
		{"an empty list", `{"Ref": "Empty"}`, `[]`},
		{"AWS's own types", `[{"Ref": "Vpc"}, {"Ref": "Subnets"}, {"Ref": "Host"}]`, `["vpc-07be04919e9d722c8",["subnet-02c87baeaaf5ba981"],"eu-west-1a"]`},
		{"a parameter in Systems Manager", `{"Ref": "Version"}`, `"Version"`},
		{"a choice", `{"Ref": "Choice"}`, `"small"`},
		{"a resource", `{"Ref": "Db"}`, `"ref-of-Db"`},
		{"an attribute", `{"Fn::GetAtt": ["Db", "Arn"]}`, `"arn:aws:rds:eu-west-1:111111111111:db:Db"`},
		{"an attribute as one text", `{"Fn::GetAtt": "Db.Arn"}`, `"arn:aws:rds:eu-west-1:111111111111:db:Db"`},
		{"an attribute that nobody knows", `{"Fn::GetAtt": ["Db", "Endpoint.Address"]}`, `"Db.Endpoint.Address"`},
		{"what is not there", `[{"Ref": "Off"}, {"Ref": "Nothing"}, {"Fn::GetAtt": ["Verbatim", "Arn"]}]`, `["Off","Nothing","Verbatim.Arn"]`},
		{"Sub", `{"Fn::Sub": "${Stage}-${Db}-${Db.Arn}-${!Literal}-${ Team }"}`, `"prod-ref-of-Db-arn:aws:rds:eu-west-1:111111111111:db:Db-${Literal}-payments"`},
		{"Sub with names of its own", `{"Fn::Sub": ["${a}/${Stage}", {"a": {"Fn::Join": ["+", ["x", {"Ref": "Team"}]]}}]}`, `"x+payments/prod"`},
		{"Sub without an end", `{"Fn::Sub": "a${b"}`, `"a${b"`},
		{"Join", `{"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, {"Ref": "AWS::NoValue"}, 1, true]]}`, `"arn:aws:1:true"`},
		{"Join of a list", `{"Fn::Join": ["-", {"Ref": "Zones"}]}`, `"a-b-c"`},
		{"Join of Split", `{"Fn::Join": ["-", {"Fn::Split": ["|", "a|b|"]}]}`, `"a-b-"`},
		{"Select", `{"Fn::Select": ["1", ["a", {"Ref": "Stage"}]]}`, `"prod"`},
		{"Select of Split", `{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Db", "Arn"]}]}]}`, `"db"`},
		{"Select beyond the end", `{"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Free"}]}]}`, `"unknown-POJQBUPYKD60"`},
		{"FindInMap", `{"Fn::FindInMap": ["Accounts", {"Ref": "AWS::Region"}, "id"]}`, `"222222222222"`},
		{"FindInMap of a list", `{"Fn::Select": [1, {"Fn::FindInMap": ["Accounts", "eu-west-1", "list"]}]}`, `"y"`},
		{"FindInMap with a default", `{"Fn::FindInMap": ["Accounts", "xx", "id", {"DefaultValue": {"Ref": "Stage"}}]}`, `"prod"`},
		{"FindInMap of what is not there", `{"Fn::FindInMap": ["Accounts", "xx", "id"]}`, `"Accounts.xx.id"`},
		{"If", `[{"Fn::If": ["IsProd", "yes", "no"]}, {"Fn::If": ["NotProd", "yes", "no"]}, {"Fn::If": ["Either", {"a": {"Ref": "Stage"}}, "no"]}]`, `["yes","no",{"a":"prod"}]`},
		{"a condition in a circle", `{"Fn::If": ["Trip", "yes", "no"]}`, `"yes"`},
		{"Base64", `{"Fn::Base64": {"Fn::Sub": "${Stage}"}}`, `"cHJvZA=="`},
		{"ImportValue", `{"Fn::ImportValue": {"Fn::Sub": "shared-key"}}`, `"arn:aws:kms:eu-west-1:111111111111:key/k"`},
		{"ImportValue of what nobody exports", `{"Fn::ImportValue": "other"}`, `"other"`},
		{"GetAZs", `[{"Fn::GetAZs": ""}, {"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}]`, `[["eu-west-1a","eu-west-1b","eu-west-1c"],"eu-west-1a"]`},
		{"Cidr", `{"Fn::Cidr": ["192.168.0.0/24", 6, 5]}`, `["192.168.0.0/27","192.168.0.32/27","192.168.0.64/27","192.168.0.96/27","192.168.0.128/27","192.168.0.160/27"]`},
		{"Cidr of IPv6", `{"Fn::Cidr": ["2001:db8::/56", 2, 64]}`, `["2001:db8::/64","2001:db8:0:1::/64"]`},
		{"Cidr that is too large", `{"Fn::Cidr": ["192.168.0.0/24", 100, 5]}`, `{"Fn::Cidr":["192.168.0.0/24",100,5]}`},
		{"Length", `{"Fn::Length": {"Ref": "Zones"}}`, `3`},
		{"ToJsonString", `{"Fn::ToJsonString": {"a": {"Ref": "Stage"}, "b": {"Ref": "AWS::NoValue"}}}`, `"{\"a\":\"prod\"}"`},
		{"Transform", `{"Fn::Transform": {"Name": "AWS::Include"}}`, `{"Fn::Transform":{"Name":"AWS::Include"}}`},
		{"Transform within a text", `{"Fn::Join": ["", ["a-", {"Fn::Transform": {"Name": "Mine"}}]]}`, `"a-unknown-D7Q8BFYHM87Y"`},
		{"GetStackOutput", `{"Fn::GetStackOutput": {"StackName": "other", "OutputName": "Arn"}}`, `"other.Arn"`},
		{"a condition of a statement", `{"Condition": {"StringEquals": {"a": {"Ref": "Stage"}}}}`, `{"Condition":{"StringEquals":{"a":"prod"}}}`},
		{"forms that do not exist", `[{"Fn::Join": "x"}, {"Fn::If": ["IsProd"]}, {"Fn::GetAtt": []}, {"Fn::Split": ["", "x"]}, {"Ref": []}]`,
			`[{"Fn::Join":"x"},{"Fn::If":["IsProd"]},{"Fn::GetAtt":[]},{"Fn::Split":["","x"]},{"Ref":[]}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := string(AppendValue(nil, world(t).Resolve(fromJSON(t, c.in)), Format{Compact: true}))
			if got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
			}
		})
	}
}

func TestPlaceholdersAndStructsAreResolvedLikeObjects(t *testing.T) {
	type tag struct {
		Key   string
		Value *string `json:"Value,omitempty"`
	}
	type typed struct {
		Name  *string  `json:"Name,omitempty"`
		Size  *int     `json:"Size,omitempty"`
		Names []string `json:"Names,omitempty"`
		Tags  []tag    `json:"Tags,omitempty"`
		Any   any      `json:"Any,omitempty"`
	}
	name, size := Sub("${Stage}-x"), 3
	resource := &Resource{
		Properties: &typed{Name: &name, Size: &size, Names: []string{Ref("Db"), Ref(NoValue)}, Tags: []tag{{Key: "k", Value: &name}}, Any: map[string]any{"Ref": "Team"}},
		Extra:      Object{{"Type", Ref("Stage")}},
	}
	r := world(t)
	for property, want := range map[string]string{
		"Name": `"prod-x"`, "Size": "3", "Names": `["ref-of-Db"]`, "Tags": `[{"Key":"k","Value":"prod-x"}]`, "Any": `"payments"`, "Type": `"prod"`, "Absent": "null",
	} {
		if got := string(AppendValue(nil, r.Resolve(resource.Property(property)), Format{Compact: true})); got != want {
			t.Errorf("%s is %s, not %s", property, got, want)
		}
	}
}

func TestResourcesUnderAConditionThatDoesNotHoldDoNotExist(t *testing.T) {
	r := world(t)
	for id, want := range map[string]bool{"Db": true, "Off": false, "Verbatim": false, "Nothing": false} {
		if got := r.Exists(id); got != want {
			t.Errorf("%s exists: %t", id, got)
		}
	}
}

// What refers to itself, or grows with every step, ends.
func TestResolvingIsBounded(t *testing.T) {
	t.Run("a circle of references", func(t *testing.T) {
		r := world(t)
		r.Template.Resources = map[string]*Resource{"A": {}, "B": {}}
		other := map[string]string{"A": "B", "B": "A"}
		r.Resource = func(id, _ string) any { return r.Text(Sub("${" + other[id] + "}${" + other[id] + "}")) }
		if got := r.Text(Ref("A")); got != "AAAA" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("doubling", func(t *testing.T) {
		r := world(t)
		r.Template.Resources = map[string]*Resource{}
		r.Resource = func(id, _ string) any { return r.Text(Sub("${" + id + "x}${" + id + "x}")) }
		for n := 1; n < 60; n++ {
			r.Template.Resources[strings.Repeat("x", n)] = &Resource{}
		}
		if got := len(r.Text(Ref("x"))); got > maxText {
			t.Errorf("got %d bytes", got)
		}
	})
	t.Run("depth", func(t *testing.T) {
		var v any = "x"
		for range 10_000 {
			v = Object{{"Fn::Join", []any{"", v}}}
		}
		world(t).Resolve(v)
	})
}

func FuzzResolve(f *testing.F) {
	f.Add(`{"Fn::Join":["",[{"Ref":"Stage"},{"Fn::Sub":["${a.b}${!c}",{"a.b":{"Fn::Cidr":["::/0",256,128]}}]}]]}`)
	f.Add(`{"Fn::Select":[-1,{"Fn::Split":["x",{"Fn::ToJsonString":[null,{"Fn::If":["IsProd",1,2]}]}]}]}`)
	f.Add(`{"Fn::FindInMap":["Accounts",{"Ref":"AWS::Region"},"list",{"DefaultValue":"\u0000{"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || len(text) > 10_000 {
			return // not a value at all: ReadTemplate refuses it
		}
		v := fromJSON(t, text)
		r := world(t)
		r.Template.Conditions = append(r.Template.Conditions, Member{"Fuzzed", v})
		r.Holds("Fuzzed")
		AppendValue(nil, r.Resolve(v), Format{Compact: true})
		r.Text(v)
	})
}
