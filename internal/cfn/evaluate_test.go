package cfn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// inquiry is a template with everything that functions can refer to, some of it not known.
func inquiry(t testing.TB) *Evaluator {
	return &Evaluator{
		File: "app", Account: "111111111111", Region: "eu-west-1", Stack: "shop",
		Parameters: map[string]string{"Stage": "prod", "Password": "hunter2"},
		Template: &Template{
			Parameters: section(t, `{
				"Stage": {"Type": "String", "Default": "dev"},
				"Team": {"Type": "String", "Default": "payments"}, "Free": {"Type": "String"},
				"Also": {"Type": "String"},
				"Count": {"Type": "Number"},
				"Zones": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
				"Empty": {"Type": "CommaDelimitedList", "Default": ""},
				"List": {"Type": "CommaDelimitedList"},
				"Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
				"Version": {"Type": "AWS::SSM::Parameter::Value<String>",
					"Default": "/cdk-bootstrap/version"},
				"Hosts": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/hosts"},
				"Password": {"Type": "String", "NoEcho": true},
				"Token": {"Type": "String", "NoEcho": "true", "Default": "swordfish"}
			}`),
			Mappings: section(t,
				`{"Accounts": {"eu-west-1": {"id": "222222222222", "list": ["x", "y"], "same": `+
					`"s"}, "us-east-1": {"id": "333333333333", "same": "s"}}}`),
			Conditions: section(t, `{
				"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
				"NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
				"Open": {"Fn::Equals": [{"Ref": "Free"}, "on"]},
				"Closed": {"Fn::Not": [{"Condition": "Open"}]},
				"OpenOrProd": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "IsProd"}]},
				"OpenOrNot": {"Fn::Or": [{"Condition": "Open"}, {"Condition": "NotProd"}]},
				"OpenAndProd": {"Fn::And": [{"Condition": "Open"}, {"Condition": "IsProd"}]},
				"OpenAndNot": {"Fn::And": [{"Condition": "Open"}, {"Condition": "NotProd"}]},
				"Itself": {"Fn::Equals": [{"Ref": "Free"}, {"Ref": "Free"}]},
				"Others": {"Fn::Equals": [{"Ref": "Free"}, {"Ref": "Also"}]},
				"Form": {"Fn::Equals": [{"Fn::Sub": "a-${Free}"}, "b-x"]},
				"Fits": {"Fn::Equals": [{"Fn::Sub": "a-${Free}"}, "a-x"]},
				"Secret": {"Fn::Equals": [{"Ref": "Password"}, "hunter2"]},
				"Default": {"Fn::Equals": [{"Ref": "Token"}, "swordfish"]},
				"SecretText": {"Fn::Equals": [{"Fn::Sub": "x${Password}"}, "xhunter2"]},
				"HasPassword": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Password"}, ""]}]},
				"Ssm": {"Fn::Equals": [{"Ref": "Version"}, "/cdk-bootstrap/version"]},
				"Lists": {"Fn::Equals": [{"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b,c"]},
				"Round": {"Fn::Not": [{"Condition": "Trip"}]}, "Trip": {"Condition": "Round"},
				"Missing": {"Condition": "Nothing"}, "Malformed": {"Fn::Equals": ["x"]},
				"Dynamic": {"Fn::Equals": ["{{resolve:ssm:/a}}", "x"]},
				"Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["Accounts", {"Ref": "Free"},
					"same"]}, "s"]}
			}`),
			Resources: map[string]*Resource{
				"Db": {Type: "AWS::RDS::DBInstance"}, "Off": {Type: "AWS::KMS::Key",
					Condition: "NotProd"}, "Perhaps": {Type: "AWS::KMS::Key", Condition: "Open"},
				"Verbatim": {Type: "AWS::KMS::Key",
					Verbatim: section(t, `{"Type": "AWS::KMS::Key", "Condition": "NotProd"}`)},
				"Looked": {Type: "AWS::KMS::Key", Verbatim: section(t,
					`{"Condition": {"Fn::If": ["IsProd", "NotProd", {"Ref": "AWS::NoValue"}]}}`)},
				"Freely": {Type: "AWS::KMS::Key",
					Verbatim: section(t, `{"Condition": {"Ref": "AWS::NoValue"}}`)},
				"Fn": {Type: "AWS::Serverless::Function"},
			},
		},
		Resource: func(id, attribute string) any {
			switch attribute {
			case "":
				return "ref-of-" + id
			case "Arn":
				return "arn:aws:rds:eu-west-1:111111111111:db:" + id
			case "Secret":
				return "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-" +
					Unknown{What: "suffix", Name: "db", Shown: "??????", Class: Letters, Min: 6,
						Max: 6}.Text()
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

// shown writes a resolved value for a test: Unread as {"?": how it is shown}.
func shown(v any) string {
	var plain func(v any) any
	plain = func(v any) any {
		switch v := v.(type) {
		case string:
			return Shown(v)
		case Unread:
			return Object{{"?", v.Shown}}
		case []any:
			out := []any{}
			for _, e := range v {
				out = append(out, plain(e))
			}
			return out
		case Object:
			out := Object{}
			for _, m := range v {
				out = append(out, Member{m.Key, plain(m.Value)})
			}
			return out
		}
		return v
	}
	return string(AppendValue(nil, plain(v), Format{Compact: true}))
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func TestFunctionsHaveWhatIsKnownOfTheirValues(t *testing.T) {
	const noValue = `{"Ref": "AWS::NoValue"}`
	for _, c := range []struct{ name, in, want string }{
		{"a text", `"x"`, `"x"`},
		{"pseudo parameters",
			`{"Fn::Sub": "${AWS::AccountId}/${AWS::Partition}/${AWS::Region}/${AWS::URLSuffix}/` +
				`${AWS::StackName}"}`, `"111111111111/aws/eu-west-1/amazonaws.com/shop"`},
		{"the stack's id", `{"Ref": "AWS::StackId"}`,
			`"arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/*"`},
		{"topics", `{"Ref": "AWS::NotificationARNs"}`, `{"?":"${AWS::NotificationARNs}"}`},
		{"no value as a member", `{"A": 1, "B": ` + noValue + `}`, `{"A":1}`},
		{"no value as an element", `["a", ` + noValue + `, {"Fn::If": ["NotProd", "b", ` + noValue +
			`]}]`, `["a"]`},
		{"no value alone", noValue, `null`},
		{"an element that may be there", `["a", {"Fn::If": ["Open", "b", ` + noValue + `]}]`,
			`["a",{"?":"${if Open}"}]`},
		{"parameters", `[{"Ref": "Stage"}, {"Ref": "Team"}, {"Ref": "Free"}, {"Ref": "Count"}]`,
			`["prod","payments","${Free}","${Count}"]`},
		{"lists", `[{"Ref": "Zones"}, {"Ref": "Empty"}, {"Ref": "List"}, {"Ref": "Subnets"}]`,
			`[["a","b","c"],[],{"?":"${List}"},{"?":"${Subnets}"}]`},
		{"Systems Manager", `[{"Ref": "Version"}, {"Ref": "Hosts"}]`,
			`["${Version}",{"?":"${Hosts}"}]`},
		{"NoEcho", `[{"Ref": "Password"}, {"Ref": "Token"}, {"Fn::Sub": "a${Password}"}]`,
			`["••••••","••••••","a••••••"]`},
		{"resources",
			`[{"Ref": "Db"}, {"Fn::GetAtt": ["Db", "Arn"]}, {"Fn::GetAtt": "Db.Arn"}, {"Ref": ` +
				`"Perhaps"}]`,
			`["ref-of-Db","arn:aws:rds:eu-west-1:111111111111:db:Db","arn:aws:rds:eu-west-1:` +
				`111111111111:db:Db","ref-of-Perhaps"]`},
		{"an attribute that nobody knows", `{"Fn::GetAtt": ["Db", "Endpoint.Address"]}`,
			`"${Db.Endpoint.Address}"`},
		{"what is not there",
			`[{"Ref": "Off"}, {"Ref": "Nothing"}, {"Fn::GetAtt": ["Verbatim", "Arn"]}]`,
			`["${Off}","${Nothing}","${Verbatim.Arn}"]`},
		{"what a transform makes", `{"Ref": "FnRole"}`, `"ref-of-FnRole"`},
		{"Ref of a function", `{"Ref": {"Fn::Sub": "${Free}x"}}`, `{"?":"${Ref of ${Free}}"}`},
		{"GetAtt of a function",
			`[{"Fn::GetAtt": [{"Fn::Sub": "D${Stage}"}, "Arn"]}, {"Fn::GetAtt": [{"Ref": ` +
				`"Free"}, "Arn"]}]`, `["${Dprod.Arn}",{"?":"${GetAtt of ${Free}}"}]`},
		{"Sub", `{"Fn::Sub": "${Stage}-${Db}-${Db.Arn}-${!Literal}-${ Team }-${Free}"}`,
			`"prod-ref-of-Db-arn:aws:rds:eu-west-1:111111111111:db:Db-${Literal}-payments-` +
				`${Free}"`},
		{"Sub with names of its own",
			`{"Fn::Sub": ["${a}/${b}/${Stage}", {"a": {"Fn::Join": ["+", ["x", {"Ref": ` +
				`"Free"}]]}, "b": ` + noValue + `}]}`, `"x+${Free}//prod"`},
		{"Sub without an end", `{"Fn::Sub": "a${b"}`, `"a${b"`},
		{"Sub of a list", `[{"Fn::Sub": "x${Zones}"}, {"Fn::Sub": "x${List}"}]`,
			`["xa,b,c","x${List}"]`},
		{"Join", `{"Fn::Join": [":", ["arn", {"Ref": "AWS::Partition"}, ` + noValue +
			`, 1, true, {"Ref": "Free"}]]}`, `"arn:aws:1:true:${Free}"`},
		{"Join of lists",
			`[{"Fn::Join": ["-", {"Ref": "Zones"}]}, {"Fn::Join": ["-", {"Ref": "List"}]}]`,
			`["a-b-c","${Join of ${List}}"]`},
		{"Join of what may be there", `{"Fn::Join": ["-", ["a", {"Fn::If": ["Open", "b", ` +
			noValue + `]}]]}`, `"${Join of ${if Open}}"`},
		{"Join of either", `{"Fn::Join": ["-", ["a", {"Fn::If": ["Open", "b", "c"]}]]}`,
			`"a-${if Open}"`},
		{"Select",
			`[{"Fn::Select": ["1", ["a", {"Ref": "Stage"}]]}, {"Fn::Select": [0, {"Ref": ` +
				`"List"}]}, {"Fn::Select": [{"Ref": "Count"}, ["a", "b"]]}]`,
			`["prod","${Select of ${List}}","${Select of ${Count}}"]`},
		{"Select of what may have moved", `{"Fn::Select": [1, [{"Fn::If": ["Open", "x", ` +
			noValue + `]}, "a", "b"]]}`, `"${Select of ${if Open}}"`},
		{"Select after no value", `{"Fn::Select": [0, [` + noValue + `, "a"]]}`, `"a"`},
		{"Select of Split",
			`[{"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Db", "Arn"]}]}]}, ` +
				`{"Fn::Select": [6, {"Fn::Split": [":", {"Fn::GetAtt": ["Db", "Secret"]}]}]}]`,
			`["db","db-??????"]`},
		{"Select before what is not known",
			`[{"Fn::Select": [0, {"Fn::Split": [":", {"Fn::Sub": "a:${Free}:b"}]}]}, ` +
				`{"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Sub": "a:${Free}:b"}]}]}]`,
			`["a","${Select of ${Free}}"]`},
		{"Select beyond the end", `{"Fn::Select": [5, ["a"]]}`, `{"?":"${Fn::Select}"}`},
		{"Split",
			`[{"Fn::Split": ["|", "a|b|"]}, {"Fn::Split": ["|", {"Ref": "Free"}]}, {"Fn::Split": ` +
				`["/", {"Fn::GetAtt": ["Db", "Secret"]}]}]`,
			`[["a","b",""],{"?":"${Split of ${Free}}"},["arn:aws:secretsmanager:eu-west-1:` +
				`111111111111:secret:db-??????"]]`},
		{"FindInMap",
			`[{"Fn::FindInMap": ["Accounts", {"Ref": "AWS::Region"}, "id"]}, {"Fn::Select": [1, ` +
				`{"Fn::FindInMap": ["Accounts", "eu-west-1", "list"]}]}]`, `["222222222222","y"]`},
		{"FindInMap of an unknown key",
			`[{"Fn::FindInMap": ["Accounts", {"Ref": "Free"}, "id"]}, {"Fn::FindInMap": ` +
				`["Accounts", {"Ref": "Free"}, "same"]}, {"Fn::FindInMap": ["Accounts", ` +
				`"eu-west-1", {"Ref": "Free"}]}]`,
			`["${Accounts.${Free}.id}","s",{"?":"${Accounts.eu-west-1.${Free}}"}]`},
		{"FindInMap with a default",
			`[{"Fn::FindInMap": ["Accounts", "xx", "id", {"DefaultValue": {"Ref": "Stage"}}]}, ` +
				`{"Fn::FindInMap": ["Accounts", {"Ref": "Free"}, "same", {"DefaultValue": "t"}]}]`,
			`["prod","${Accounts.${Free}.same}"]`},
		{"FindInMap of what is not there", `{"Fn::FindInMap": ["Accounts", "xx", "id"]}`,
			`{"?":"${Fn::FindInMap}"}`},
		{"If",
			`[{"Fn::If": ["IsProd", "yes", "no"]}, {"Fn::If": ["NotProd", "yes", "no"]}, ` +
				`{"Fn::If": ["Open", "yes", "no"]}, {"Fn::If": ["Open", {"a": 1}, "no"]}]`,
			`["yes","no","${if Open}",{"?":"${if Open}"}]`},
		{"If with equal branches",
			`{"Fn::If": ["Open", {"a": {"Ref": "Free"}}, {"a": {"Fn::Sub": "${Free}"}}]}`,
			`{"a":"${Free}"}`},
		{"a condition in a circle", `{"Fn::If": ["Trip", "yes", "no"]}`, `"${if Trip}"`},
		{"Base64",
			`[{"Fn::Base64": {"Fn::Sub": "${Stage}"}}, {"Fn::Base64": {"Ref": "Free"}}, ` +
				`{"Fn::Base64": ` + noValue + `}]`, `["cHJvZA==","${Base64 of ${Free}}",""]`},
		{"ImportValue",
			`[{"Fn::ImportValue": {"Fn::Sub": "shared-key"}}, {"Fn::ImportValue": "other"}, ` +
				`{"Fn::ImportValue": {"Fn::Sub": "${Free}-x"}}]`,
			`["arn:aws:kms:eu-west-1:111111111111:key/k","${export other}","${export ${Free}-x}"]`},
		{"GetAZs", `{"Fn::GetAZs": ""}`, `{"?":"${Availability Zones in eu-west-1}"}`},
		{"Select of GetAZs", `{"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}`,
			`"${Select of ${Availability Zones in eu-west-1}}"`},
		{"Cidr", `{"Fn::Cidr": ["192.168.0.0/24", 2, 5]}`, `["192.168.0.0/27","192.168.0.32/27"]`},
		{"Cidr of IPv6", `{"Fn::Cidr": ["2001:db8::/56", 2, 64]}`,
			`["2001:db8::/64","2001:db8:0:1::/64"]`},
		{"Cidr that is too large", `{"Fn::Cidr": ["192.168.0.0/24", 100, 5]}`,
			`{"?":"${Fn::Cidr}"}`},
		{"Cidr of what is not known", `{"Fn::Cidr": [{"Ref": "Free"}, 6, 5]}`,
			`{"?":"${Cidr of ${Free}}"}`},
		{"Length",
			`[{"Fn::Length": {"Ref": "Zones"}}, {"Fn::Length": {"Ref": "List"}}, {"Fn::Length": [` +
				noValue + `]}]`, `[3,"${Length of ${List}}",0]`},
		{"ToJsonString", `{"Fn::ToJsonString": {"a": {"Ref": "Stage"}, "b": ` + noValue +
			`, "c": [1, "\"", null]}}`, `"{\"a\":\"prod\",\"c\":[1,\"\\\"\",null]}"`},
		{"ToJsonString of what is not known",
			`{"Fn::ToJsonString": {"a": {"Ref": "Free"}, "b": {"Ref": "List"}, "c": ` +
				`{"Fn::GetAtt": ["Db", "Secret"]}}}`,
			`"{\"a\":\"${ToJsonString of ${Free}}\",\"b\":${ToJsonString of ` +
				`${List}},\"c\":\"arn:aws:secretsmanager:eu-west-1:111111111111:secret:` +
				`db-??????\"}"`},
		{"ToJsonString of what may be there",
			`{"Fn::ToJsonString": {"a": {"Fn::If": ["Open", "x", ` + noValue + `]}}}`,
			`"${ToJsonString of ${if Open}}"`},
		{"Transform",
			`[{"Fn::Transform": {"Name": "AWS::Include"}}, {"Name": "x", "Fn::Transform": ` +
				`{"Name": "Mine"}}]`, `[{"?":"${Fn::Transform}"},{"?":"${Fn::Transform}"}]`},
		{"a function that nobody knows", `{"Fn::Mine": 1}`, `{"?":"${Fn::Mine}"}`},
		{"a loop that stays", `{"a": 1, "Fn::ForEach::X": []}`, `{"?":"${Fn::ForEach::X}"}`},
		{"GetStackOutput", `{"Fn::GetStackOutput": {"StackName": "other", "OutputName": "Arn"}}`,
			`"${output other.Arn}"`},
		{"a dynamic reference",
			`["{{resolve:ssm:/a}}", {"Fn::Join": ["", ["x-{{resolve:ssm:", "/${a}}}-y"]]}, ` +
				`{"Fn::Sub": "{{resolve:ssm:/${Free}}}"}, "{{resolve:ssm:"]`,
			`["{{resolve:ssm:/a}}","x-{{resolve:ssm:/${a}}}-y","{{resolve:ssm:/${Free}}}",` +
				`"{{resolve:ssm:"]`},
		{"a condition of a statement", `{"Condition": {"StringEquals": {"a": {"Ref": "Stage"}}}}`,
			`{"Condition":{"StringEquals":{"a":"prod"}}}`},
		{"forms that do not exist",
			`[{"Fn::Join": "x"}, {"Fn::If": ["IsProd"]}, {"Fn::GetAtt": []}, {"Fn::Split": ["", ` +
				`"x"]}, {"Ref": []}]`,
			`[{"?":"${Fn::Join}"},{"?":"${Fn::If}"},{"?":"${Fn::GetAtt}"},{"?":"${Fn::Split}"},` +
				`{"?":"${Ref}"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shown(inquiry(t).Resolve(fromJSON(t, c.in))); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
			}
		})
	}
}

func TestUnknownValuesAreDescribedByWhatTheyAre(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Unknown
	}{
		{`{"Ref": "Free"}`, Unknown{What: "parameter", Name: "Free", Template: "app",
			Shown: "${Free}"}},
		{`{"Ref": "Password"}`, Unknown{What: "parameter", Name: "Password", Template: "app",
			Shown: "••••••"}},
		{`{"Fn::ImportValue": "other"}`,
			Unknown{What: "import", Name: "other", Shown: "${export other}"}},
		{`{"Fn::GetAtt": ["Db", "Port"]}`, Unknown{What: "attribute", Name: "Port", Template: "app",
			LogicalID: "Db", Shown: "${Db.Port}"}},
		{`"{{resolve:ssm:/a}}"`,
			Unknown{What: "attribute", Name: "{{resolve:ssm:/a}}", Shown: "{{resolve:ssm:/a}}"}},
	} {
		if got := inquiry(t).Text(fromJSON(t, c.in)); got != c.want.Text() {
			t.Errorf("%s is %+v", c.in, UnknownsIn(got))
		}
	}
	e := &Evaluator{File: "app"}
	for in, want := range map[string]string{
		AccountID: Unknown{What: "account", Name: "AWS::AccountId", Shown: "<account>",
			Class: Digits, Min: 12, Max: 12}.Text(),
		Region: Unknown{What: "region", Name: "AWS::Region", Shown: "<Region>", Class: Hyphened,
			Min: 9, Max: 20}.Text(),
		StackName: Unknown{What: "stack", Name: "AWS::StackName", Template: "app", Shown: "<stack>",
			Class: Hyphened, Min: 1, Max: 128}.Text(),
		Partition: "aws", URLSuffix: "amazonaws.com",
	} {
		if got := e.Text(Ref(in)); got != want {
			t.Errorf("%s is %s", in, Shown(got))
		}
	}
}

func TestEqualExpressionsHaveEqualValuesAndOthersHaveNot(t *testing.T) {
	equal := func(a, b string) bool {
		e := inquiry(t)
		other := inquiry(t)
		return e.Text(fromJSON(t, a)) == e.Text(fromJSON(t, b)) &&
			e.Text(fromJSON(t, a)) == other.Text(fromJSON(t, a))
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{"Fn::Base64": {"Ref": "Free"}}`, `{"Fn::Base64": {"Fn::Sub": "${Free}"}}`, true},
		{`{"Fn::Base64": {"Ref": "Free"}}`, `{"Fn::Base64": {"Fn::Sub": "${Free}x"}}`, false},
		{`{"Fn::If": ["Open", "a", "b"]}`, `{"Fn::If": ["Open", "a", "b"]}`, true},
		{`{"Fn::If": ["Open", "a", "b"]}`, `{"Fn::If": ["Open", "a", "c"]}`, false},
		{`{"Fn::If": ["Open", "a", "b"]}`, `{"Fn::If": ["Closed", "a", "b"]}`, false},
		{`{"Fn::Join": ["-", {"Ref": "List"}]}`, `{"Fn::Join": [",", {"Ref": "List"}]}`, false},
		{`{"Fn::Select": [0, {"Ref": "List"}]}`, `{"Fn::Select": [1, {"Ref": "List"}]}`, false},
		{`{"Fn::Select": [0, {"Fn::Split": ["x", {"Ref": "Free"}]}]}`,
			`{"Fn::Select": [0, {"Fn::Split": ["y", {"Ref": "Free"}]}]}`, false},
		{`{"Fn::FindInMap": ["Accounts", {"Ref": "Free"}, "id"]}`,
			`{"Fn::FindInMap": ["Accounts", {"Ref": "Also"}, "id"]}`, false},
		{`{"Fn::ImportValue": {"Ref": "Free"}}`, `{"Fn::ImportValue": {"Ref": "Also"}}`, false},
		{`{"Fn::ImportValue": {"Ref": "Free"}}`, `{"Fn::ImportValue": "${Free}"}`, false},
		{`{"Fn::Transform": {"Name": "A", "Parameters": 1}}`,
			`{"Fn::Transform": {"Name": "A", "Parameters": 2}}`, false},
	} {
		if got := equal(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: equal %t", c.a, c.b, got)
		}
	}
}

func TestConditionsHaveThreeTruths(t *testing.T) {
	for name, want := range map[string]Truth{
		"IsProd": Yes, "NotProd": No, "Open": Maybe, "Closed": Maybe, "OpenOrProd": Yes,
		"OpenOrNot": Maybe, "OpenAndProd": Maybe, "OpenAndNot": No,
		"Itself": Yes, "Others": Maybe, "Form": No, "Fits": Maybe, "Secret": Yes, "Default": Yes,
		"SecretText": Yes, "HasPassword": Yes, "Ssm": Maybe, "Lists": Yes,
		"Round": Maybe, "Trip": Maybe, "Missing": Maybe, "Malformed": Maybe, "Nowhere": Maybe,
		"Dynamic": Maybe, "Mapped": Yes,
	} {
		if got := inquiry(t).Holds(name); got != want {
			t.Errorf("%s holds: %d, not %d", name, got, want)
		}
	}
	for id, want := range map[string]Truth{"Db": Yes, "Off": No, "Perhaps": Maybe, "Verbatim": No,
		"Looked": No, "Freely": Yes, "Nothing": No} {
		if got := inquiry(t).Exists(id); got != want {
			t.Errorf("%s exists: %d, not %d", id, got, want)
		}
	}
}

func TestDefaultsAreToldWhereTheyAreUsed(t *testing.T) {
	e := inquiry(t)
	if got := e.Told(); got != nil {
		t.Errorf("told %v of nothing", got)
	}
	e.Resolve(fromJSON(t, `[{"Ref": "Stage"}, {"Ref": "Team"}, {"Ref": "Token"}, {"Ref": `+
		`"Version"}, {"Ref": "Free"}, {"Ref": "Zones"}]`))
	if got, want := e.Told(),
		[]ToldParameter{{"Team", "payments"}, {"Zones", "a, b,c"}}; !slices.Equal(got, want) {
		t.Errorf("told %v", got)
	}
	e.Holds("Default")
	if got := e.Told(); !slices.Contains(got, ToldParameter{Name: "Token"}) {
		t.Errorf("told %v", got)
	}
}

// The value of a NoEcho parameter decides conditions, and stands nowhere: not in what a resource
// returns that is asked for within a condition either.
func TestNoEchoValuesStandNowhere(t *testing.T) {
	e := inquiry(t)
	e.Resource = func(string, string) any { return e.Text(Sub("${Password}${Token}")) }
	e.Template.Conditions = append(e.Template.Conditions,
		Member{"Asked", fromJSON(t, `{"Fn::Equals": [{"Fn::Sub": "${Password}${Db}"}, "x"]}`)})
	e.Holds("Asked")
	all := shown(e.Resolve(fromJSON(t,
		`[{"Ref": "Db"}, {"Fn::If": ["Secret", {"Ref": "Password"}, "x"]}, {"Fn::Base64": `+
			`{"Ref": "Password"}}, {"Fn::ToJsonString": [{"Ref": "Token"}]}]`))) +
		fmt.Sprint(e.Told())
	for _, secret := range []string{"hunter2", "swordfish", "aHVudGVyMg"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is shown in %s", secret, all)
		}
	}
}

func TestTextsWithUnknownPartsAreComparedByForm(t *testing.T) {
	account := Unknown{What: "account", Class: Digits, Min: 12, Max: 12}.Text()
	free := Unknown{What: "parameter", Name: "Free"}.Text()
	other := Unknown{What: "parameter", Name: "P", Not: []string{"prod", "dev"}}.Text()
	name := func(id string) string {
		return Unknown{What: "name", LogicalID: id, Class: Letters, Min: 12, Max: 13,
			Unique: true}.Text()
	}
	for _, c := range []struct {
		a, b string
		want Truth
	}{
		{"", "", Yes}, {"a", "b", No}, {free, free, Yes}, {free, "x", Maybe}, {free, "", Maybe},
		{free, other, Maybe},
		{account, "111111111111", Maybe}, {account, "11111111111", No},
		{account, "11111111111x", No}, {account, "", No},
		{"a" + account + "b", "a111111111111b", Maybe}, {"a" + account + "b", "a111111111111c", No},
		{other, "prod", No}, {other, "test", Maybe}, {"a" + other, "aprod", No},
		{other + other, "proddev", Maybe},
		{name("A"), name("B"), No}, {"x-" + name("A"), "x-" + name("B"), No},
		{"x-" + name("A"), "y-" + name("A"), No}, {name("A") + "x", name("A") + "y", No},
		{name("A"), name("B") + "x", Maybe}, {name("A"), account + "é", No},
		{"é" + free, "è" + free, No}, {free + "é", free + "è", No},
		{account + free, "12" + free, No}, {free + account, free + "12a", No},
		{account + free, "x" + free, No}, {free + "a" + free + "b", "xaxb", Maybe},
		{free + "a" + free + "b", "xxxb", No},
		{account + "x", "123x" + account, No},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := SameText(pair[0], pair[1]); got != c.want {
				t.Errorf("%q and %q: %d, not %d", Shown(pair[0]), Shown(pair[1]), got, c.want)
			}
		}
	}
}

// What an unknown part of a class and length may be is what the form of a text allows: against all
// short texts.
func TestComparingByFormMissesNothing(t *testing.T) {
	alphabet := []string{"", "1", "a", ":", "11", "1a", "a:", "::", "aa1", "1:a", "111"}
	parts := []string{"1", "a", ":"}
	var unknown []Unknown
	for _, class := range []Class{AnyText, Letters, Digits} {
		for _, size := range [][2]int{{0, 0}, {1, 1}, {1, 2}} {
			unknown = append(unknown, Unknown{What: "x", Name: fmt.Sprint(class, size),
				Class: class, Min: size[0], Max: size[1], Not: []string{"a"}})
		}
	}
	may := func(u Unknown, s string) bool {
		return s != "a" && len(s) >= u.Min && (u.Max == 0 || len(s) <= u.Max) &&
			!strings.ContainsFunc(s, func(r rune) bool {
				return !u.Class.Has(r)
			})
	}
	for _, u := range unknown {
		for _, v := range unknown {
			for _, p := range parts {
				x, y := p+u.Text(), v.Text()+p
				for _, s := range alphabet {
					for _, r := range alphabet {
						if !may(u, s) || !may(v, r) || u.Name == v.Name && s != r {
							continue
						}
						if p+s == r+p && SameText(x, y) == No ||
							p+s != r+p && SameText(x, y) == Yes {
							t.Errorf("%s%+v and %+v%s: %q %q", p, u, v, p, s, r)
						}
						if SameText(x, r+p) == No && p+s == r+p {
							t.Errorf("%s%+v and %q", p, u, r+p)
						}
					}
				}
			}
		}
	}
}

func TestPlaceholdersAreResolvedLikeObjects(t *testing.T) {
	name := Sub("${Stage}-${Free}")
	resource := &Resource{Properties: Object{
		{"Name", name}, {"Size", 3}, {"Names", []any{Ref("Db"), Ref(NoValue)}},
		{"Tags", []any{Object{{"Key", "k"}, {"Value", name}}}},
		{"Any", Object{{"Ref", "Team"}}}, {"Count", json.Number("7")},
	}}
	e := inquiry(t)
	for property, want := range map[string]string{
		"Name": `"prod-${Free}"`, "Size": "3", "Names": `["ref-of-Db"]`,
		"Tags": `[{"Key":"k","Value":"prod-${Free}"}]`, "Any": `"payments"`, "Absent": "null",
		"Count": "7",
	} {
		if got := shown(e.Resolve(resource.Property(property))); got != want {
			t.Errorf("%s is %s, not %s", property, got, want)
		}
	}
}

// Small templates whose values double with every step take no more than the budget.
func TestBombsEndWithinTheBudget(t *testing.T) {
	nest := func(inner string, wrap func(inner string, depth int) string) string {
		for i := range 60 {
			inner = wrap(inner, i)
		}
		return inner
	}
	for _, c := range []struct {
		name, in string
		limit    int // steps that it may take
	}{
		{"Sub of its own variables", nest(`{"Ref": "Free"}`, func(s string, _ int) string {
			return `{"Fn::Sub": ["${a}${a}", {"a": ` + s + `}]}`
		}), 100_000},
		{"Sub of unknown variables", nest(`"xxxxxxxxxxxxxxxx"`, func(s string, _ int) string {
			return `{"Fn::Sub": ["${a}${a}${a}${a}", {"a": ` + s + `}]}`
		}), 100_000},
		{"ToJsonString", nest(`"\"\\"`, func(s string, _ int) string {
			return `{"Fn::ToJsonString": [` + s + `]}`
		}), 500_000},
		{"Base64", nest(`"x"`, func(s string, _ int) string {
			return `{"Fn::Base64": ` + s + `}`
		}), 100_000},
		{"If", nest(`{"Ref": "Free"}`, func(s string, i int) string {
			return fmt.Sprintf(`{"Fn::If": ["Open", %s, {"a": %d}]}`, s, i)
		}), 100_000},
		{"Split and Join", nest(`{"Fn::Sub": "x-x-${Free}"}`, func(s string, _ int) string {
			return `{"Fn::Join": ["-x-x-", {"Fn::Split": ["x", ` + s + `]}]}`
		}), 100_000},
		{"Join of known parts", nest(`"x-x"`, func(s string, _ int) string {
			return `{"Fn::Join": ["x-x-x", {"Fn::Split": ["-", ` + s + `]}]}`
		}), 1_000_000},
		{"FindInMap", nest(`{"Ref": "Free"}`, func(s string, _ int) string {
			return `{"Fn::FindInMap": ["Accounts", ` + s +
				`, "id", {"DefaultValue": {"Ref": "Free"}}]}`
		}), 100_000},
		{"ImportValue", nest(`{"Ref": "Free"}`, func(s string, _ int) string {
			return `{"Fn::ImportValue": ` + s + `}`
		}), 100_000},
		{"dynamic references", nest(`{"Ref": "Free"}`, func(s string, _ int) string {
			return `{"Fn::Sub": ["{{resolve:ssm:${a}}}{{resolve:ssm:${a}}}", {"a": ` + s + `}]}`
		}), 100_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := inquiry(t)
			e.Steps = defaultSteps
			got := e.Text(fromJSON(t, c.in))
			if used := defaultSteps - e.Steps; used > c.limit || len(got) > 4*longestText {
				t.Errorf("%d steps, %d bytes", used, len(got))
			}
		})
	}
	t.Run("resources that double", func(t *testing.T) {
		e := inquiry(t)
		e.Template.Resources = map[string]*Resource{}
		e.Resource = func(id, _ string) any { return e.Text(Sub("${" + id + "x}${" + id + "x}")) }
		for n := 1; n < 60; n++ {
			e.Template.Resources[strings.Repeat("x", n)] = &Resource{}
		}
		if got := e.Text(Ref("x")); !HasUnknown(got) || e.Exhausted() {
			t.Errorf("got %d bytes", len(got))
		}
	})
	t.Run("a circle of references", func(t *testing.T) {
		e := inquiry(t)
		e.Template.Resources = map[string]*Resource{"A": {}, "B": {}}
		other := map[string]string{"A": "B", "B": "A"}
		e.Resource = func(id, _ string) any {
			return e.Text(Sub("${" + other[id] + "}${" + other[id] + "}"))
		}
		if got := Shown(e.Text(Ref("A"))); got != "${A}${A}${A}${A}" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("conditions that double", func(t *testing.T) {
		e := inquiry(t)
		for i := range 60 {
			next := fmt.Sprintf(`{"Condition": "C%d"}`, i+1)
			e.Template.Conditions = append(e.Template.Conditions, Member{fmt.Sprintf("C%d", i),
				fromJSON(t, `{"Fn::Or": [`+next+`, {"Fn::Not": [`+next+`]}]}`)})
		}
		if e.Holds("C0") != Maybe || e.Exhausted() {
			t.Error("the last condition is not there")
		}
	})
	t.Run("depth", func(t *testing.T) {
		var v any = "x"
		for range 10_000 {
			v = Object{{"Fn::Join", []any{"", []any{v}}}}
		}
		if got := inquiry(t).Text(v); !HasUnknown(got) {
			t.Errorf("got %q", got)
		}
	})
}

func TestAfterTheBudgetEverythingIsUnread(t *testing.T) {
	e := inquiry(t)
	e.Steps = 10
	first := e.Resolve(fromJSON(t, `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]`))
	if !e.Exhausted() {
		t.Fatalf("%s within ten steps", shown(first))
	}
	a, b := e.Resolve("x"), e.Resolve("x")
	if u, ok := a.(Unread); !ok || u.What != "budget" {
		t.Errorf("got %s", shown(a))
	}
	if e.text(a) == e.text(b) || e.Holds("IsProd") != Maybe {
		t.Error("two values that are not read are equal")
	}
}

func TestLongTextsAreUnknownParts(t *testing.T) {
	e := inquiry(t)
	e.Parameters["Stage"] = strings.Repeat("x", longestText)
	texts := map[string]bool{}
	for _, in := range []string{"${Stage}", "${Stage}a", "${Stage}b"} {
		texts[e.Text(Sub(in))] = true
	}
	long := 0
	for s := range texts {
		if u := UnknownsIn(s); len(u) == 1 && u[0].What == "text" {
			long++
		}
	}
	if len(texts) != 3 || long != 2 {
		t.Errorf("%d texts, %d of them unknown", len(texts), long)
	}
}

func TestSubPartsAreTextsAndNames(t *testing.T) {
	for in, want := range map[string][]SubPart{
		"": nil, "a": {{Text: "a"}}, "${a}": {{Name: "a"}},
		"x${ a.b }y": {{Text: "x"}, {Name: "a.b"}, {Text: "y"}}, "${!a}": {{Text: "${a}"}},
		"a${b": {{Text: "a"}, {Text: "${b"}}, "${}": {{Text: "${}"}},
		"$a${AWS::Region}${b}": {{Text: "$a"}, {Name: "AWS::Region"}, {Name: "b"}},
	} {
		if got := slices.Collect(SubParts(in)); !slices.Equal(got, want) {
			t.Errorf("%q: %+v", in, got)
		}
	}
	for range SubParts("a${b}c") {
		break // whoever reads the parts may stop
	}
}

func TestUnknownPartsAreReadAsTheyWereWritten(t *testing.T) {
	u := Unknown{What: "parameter", Name: "a\x1fb", Template: "t", LogicalID: "l", Shown: "s",
		Class: HexDigits, Min: 1, Max: 2, Unique: true, Not: []string{"x", ""}, Expression: "e"}
	got := UnknownsIn("x" + u.Text())[0]
	u.Name = "a\uFFFDb"
	if fmt.Sprint(got) != fmt.Sprint(u) {
		t.Errorf("%+v is read as %+v", u, got)
	}
	for _, u := range []Unknown{u, {}, {What: "1", Name: "2", Min: 36, Max: 128}, {Max: 7}} {
		if least, most := LengthOf(u.Text()); least != u.Min || most != u.Max {
			t.Errorf("%+v is read as one of %d to %d characters", u, least, most)
		}
	}
	text := "x" + u.Text() + Unknown{What: "name"}.Text()
	for what, want := range map[string]bool{
		"parameter": true, "name": true, "": false, "param": false, "a": false, "parameters": false,
	} {
		if Mentions(text, what) != want {
			t.Errorf("it mentions %q: %t", what, !want)
		}
	}
	if least, most := LengthOf("\uFDD0\uE031\uFDD1"); least != 0 || most != 0 {
		t.Errorf("a part that says nothing is read as one of %d to %d characters", least, most)
	}
}

func FuzzEvaluate(f *testing.F) {
	f.Add(`{"Fn::Join":["",[{"Ref":"Stage"},{"Fn::Sub":["${a.b}${!c}",{"a.b":{"Fn::Cidr":["::/0",` +
		`256,128]}}]}]]}`)
	f.Add(`{"Fn::Select":[-1,{"Fn::Split":["x",{"Fn::ToJsonString":[null,{"Fn::If":["Open",1,` +
		`{"Ref":"AWS::NoValue"}]}]}]}]}`)
	f.Add(`{"Fn::FindInMap":["Accounts",{"Ref":"Free"},"list",{"DefaultValue":"\u0000{"}]}`)
	f.Add(`{"Fn::ForEach::A":["X",["a",{"Ref":"Zones"}],{"${X}":{"Fn::Sub":"{{resolve:ssm:` +
		`${Free}}}"}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || len(text) > 10_000 {
			return // not a value at all: readers of templates refuse it
		}
		v := fromJSON(t, text)
		e := inquiry(t)
		e.Steps = 100_000
		e.Template.Transform = []string{languageExtensions}
		e.Template.Conditions = append(e.Template.Conditions, Member{"Fuzzed", v})
		if o, ok := v.(Object); ok {
			e.Template.Resources["Fuzzed"] = &Resource{Verbatim: o}
		}
		e.Template = e.Expand()
		e.Holds("Fuzzed")
		e.Exists("Fuzzed")
		first := shown(e.Resolve(v))
		if again := shown(e.Resolve(v)); again != first && !e.Exhausted() {
			t.Errorf("%s, then %s", first, again)
		}
		if got := e.Text(v); len(got) > 100*longestText {
			t.Errorf("a text of %d bytes", len(got))
		}
		e.Template.Decisive(map[string]bool{"Fuzzed": true, "Open": true})
	})
}

func section(t testing.TB, text string) Object { return fromJSON(t, text).(Object) }

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
