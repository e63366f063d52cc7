package inventory

import (
	"strings"
	"testing"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
)

// of returns the register of one stack with resources in the user's words.
func of(resources map[string]cfn.Object) *Register {
	t := &cfn.Template{Resources: map[string]*cfn.Resource{}}
	for id, properties := range resources {
		kind, _ := properties.Get("Type").(string)
		t.Resources[id] = &cfn.Resource{Type: kind, Verbatim: cfn.Object{
			{Key: "Type", Value: kind}, {Key: "Properties", Value: properties},
		}}
	}
	return New([]Stack{{File: "app", Name: "app", Account: "111111111111", Region: "eu-west-1",
		Template: t}})
}

func object(pairs ...string) cfn.Object {
	var o cfn.Object
	for i := 0; i < len(pairs); i += 2 {
		o = append(o, cfn.Member{Key: pairs[i], Value: pairs[i+1]})
	}
	return o
}

// shown writes a key for people.
func shown(key Key) string { return strings.ReplaceAll(cfn.Shown(string(key)), "\x00", " ") }

// TestNames: one thing has one key, however it is named.
func TestNames(t *testing.T) {
	r := of(map[string]cfn.Object{
		"Named":  object("Type", "AWS::SecretsManager::Secret", "Name", "db"),
		"Made":   object("Type", "AWS::SecretsManager::Secret"),
		"F":      object("Type", "AWS::Lambda::Function", "FunctionName", "f"),
		"G":      object("Type", "AWS::Lambda::Function"),
		"Attach": object("Type", "AWS::SecretsManager::SecretTargetAttachment", "SecretId", "db"),
	})
	const db = "secret 111111111111 eu-west-1 db"
	arn := "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db"
	for v, want := range map[string]string{
		"db": db, arn: db, arn + "-AbCdEf": db, cfn.Ref("Named"): db, cfn.Ref("Attach"): db,
		cfn.GetAtt("Named", "Id"): db,
		cfn.Sub("arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${X}"): "" +
			"secret 111111111111 eu-west-1 ${X}",
		cfn.Ref("Made"): "secret 111111111111 eu-west-1 ${Made}",
		"arn:aws:secretsmanager:us-east-1:222222222222:secret:db": "" +
			"secret 222222222222 us-east-1 db",
	} {
		key, _ := secretKey(r.stacks[0].here(), r.Text(0, v))
		if got := shown(key); got != want {
			t.Errorf("%s is %q, want %q", cfn.JSON(v), got, want)
		}
	}
	const f = "function 111111111111 eu-west-1 f"
	arn = "arn:aws:lambda:eu-west-1:111111111111:function:f"
	for v, want := range map[string]string{
		"f": f, arn: f, arn + ":live": f, "f:live": f, "111111111111:function:f": f,
		cfn.Ref("F"): f, cfn.GetAtt("F", "Arn"): f,
		cfn.GetAtt("G", "Arn"): "function 111111111111 eu-west-1 ${G}",
	} {
		if key, _ := r.OfFunction(0, v); shown(key) != want {
			t.Errorf("%s is %q, want %q", cfn.JSON(v), shown(key), want)
		}
	}
}

// TestPermissions: a permission is as large as the statement that Lambda makes of it.
func TestPermissions(t *testing.T) {
	r := of(map[string]cfn.Object{
		"P": object("Type", "AWS::Lambda::Permission", "FunctionName", "f", "Action",
			"lambda:InvokeFunction", "Principal", "secretsmanager.amazonaws.com", "SourceAccount",
			"111111111111", "SourceArn", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:x"),
		"Q": object("Type", "AWS::Lambda::Permission", "FunctionName", "f:live", "Action",
			"lambda:InvokeFunction", "Principal", "222222222222"),
	})
	all := r.Permissions()
	const want = `{"Sid":"app-P-123456789012","Effect":"Allow","Principal":{"Service":` +
		`"secretsmanager.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":` +
		`"arn:aws:lambda:eu-west-1:111111111111:function:f","Condition":{"StringEquals":` +
		`{"AWS:SourceAccount":"111111111111"},"ArnLike":{"AWS:SourceArn":` +
		`"arn:aws:secretsmanager:eu-west-1:111111111111:secret:x"}}}`
	if got := SizeOfDocument(all[0].Value).Bytes; got != len(want) {
		t.Errorf("%s has %d bytes, want %d", cfn.JSON(all[0].Value), got, len(want))
	}
	if all[0].Owner == all[1].Owner {
		t.Error("a function and its alias have one policy")
	}
}

// TestSizeOf: what is not known counts as little as it can be, accounts and Regions as much.
func TestSizeOf(t *testing.T) {
	text := "a é" + cfn.Unknown{What: "name", Min: 3, Max: 9}.Text() +
		cfn.Unknown{What: "region", Min: 9, Max: 20}.Text()
	const region = aws.MaxRegionLength
	if got, want := SizeOf(text), (Sizes{6 + region, 7 + region, 5 + region}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
