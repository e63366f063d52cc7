package access

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// managedPolicies is what AWS managed policies say of Secrets Manager, KMS and
// lambda:InvokeFunction: see NOTICE. What they say of other services is left out.
//
//go:embed managed_policies.json.gz
var managedPolicies []byte

// managedByAWS is managedPolicies, read: of each policy, by its path and name, its statements,
// and the policies that say nothing of any of the three.
var managedByAWS = sync.OnceValue(func() (read struct {
	Policies map[string]json.RawMessage
	Silent   map[string]bool
	Paths    map[string]string // path and name by name: names are unique
}) {
	var data struct {
		Policies map[string]json.RawMessage `json:"policies"`
		Silent   []string                   `json:"silent"`
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(managedPolicies))
	if err == nil {
		err = json.NewDecoder(unzipped).Decode(&data)
	}
	if err != nil {
		panic("access: the managed policies that are part of the program cannot be read: " +
			err.Error())
	}
	read.Policies, read.Silent, read.Paths = data.Policies, map[string]bool{}, map[string]string{}
	for _, name := range data.Silent {
		read.Silent[name] = true
		read.Paths[lastSegment(name)] = name
	}
	for name := range data.Policies {
		read.Paths[lastSegment(name)] = name
	}
	return read
})

// awsManagedRules returns what an AWS managed policy says of secrets, keys and functions that
// rotate them, by its ARN in any partition. silent says that it is known and says nothing of them;
// known is false of an ARN of another form and of a policy that is not among the data.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
func awsManagedRules(arn string) (rules policy.Rules, silent, known bool) {
	name, ok := awsManagedName(arn)
	if !ok {
		return rules, false, false
	}
	data := managedByAWS()
	if data.Silent[name] {
		return rules, true, true
	}
	text, ok := data.Policies[name]
	if !ok {
		return rules, false, false
	}
	if a, _ := splitARN(arn); a.partition != "aws" { // as the policies of other partitions have it
		text = bytes.ReplaceAll(text, []byte("arn:aws:"), []byte("arn:"+a.partition+":"))
	}
	statements, err := cfn.ParseJSON(text)
	if err == nil {
		rules, err = policy.Decode(documentOf(statements))
	}
	if err != nil {
		panic("access: the managed policy " + name +
			" that is part of the program cannot be read: " + err.Error())
	}
	return rules, false, true
}

// awsManagedName returns the path and name in an AWS managed policy's ARN, which has aws in the
// place of an account: arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
func awsManagedName(arn string) (string, bool) {
	a, ok := splitARN(arn)
	if !ok || a.service != "iam" || a.account != "aws" {
		return "", false
	}
	return strings.CutPrefix(a.resource, "policy/")
}

// awsManagedARN returns the ARN of the AWS managed policy of a name, as CloudFormation's
// serverless transform knows it.
func awsManagedARN(name string) (string, bool) {
	path, ok := managedByAWS().Paths[name]
	return "arn:aws:iam::aws:policy/" + path, ok
}
