package access

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/policy"
)

// circumstances say what is known of the condition keys of one request: who calls, what, and how.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
type circumstances struct {
	p        *Principal
	s        *Secret
	at       int
	action   string
	carries  aws.Keys // the condition keys of its service that a request for the action carries
	purge    bool     // the call deletes at once
	batch    bool     // BatchGetSecretValue asks for the value
	into     string   // the one Region in which the call makes a replica; empty: in all
	function string   // that the call names in the place of the secret's own
	region   string
	owner    string // the account of the resource
	arn      string // the resource
	key      *Key   // of a request to KMS that Secrets Manager makes
	via      via
	service  string // that calls KMS, as KMS sees it; empty: nobody has asked for it yet
	v        variant
	wider    *widening // the arguments of the call, where they are more than a verb means
	other    bool      // the request is to neither Secrets Manager nor KMS
}

// via is how Secrets Manager names itself, and the secret, to KMS.
type via struct{ region, secret string }

func certain(values ...string) policy.Fact {
	return policy.Fact{State: policy.Certain, Values: values}
}

// absent is a key that the request never has.
var absent = policy.Fact{State: policy.Certain}

// fact is what policy.Facts asks for.
func (c *circumstances) fact(key string) policy.Fact {
	if values, ok := c.p.Facts[key]; ok {
		return certain(values...)
	}
	service, rest, _ := strings.Cut(key, ":")
	switch service {
	case "aws":
		if f, ok := c.caller(rest); ok {
			return f
		}
		return c.global(rest)
	case "secretsmanager":
		return c.ofSecret(key)
	case "kms":
		return c.ofKey(key)
	}
	return policy.Fact{State: policy.Open, Many: true}
}

// network are the keys by which a request tells where it comes from. KMS sees a network of its own.
var network = []string{
	"sourceip", "sourcevpc", "sourcevpcarn", "sourcevpce", "vpcsourceip", "vpceaccount",
	"vpceorgid", "vpceorgpaths", "useragent", "referer",
	"ec2instancesourceprivateipv4", "ec2instancesourcevpc",
}

// throughEndpoint are the keys that a request has which comes through an endpoint of a VPC, and no
// other.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties
var throughEndpoint = []string{"sourcevpc", "sourcevpcarn", "sourcevpce", "vpcsourceip",
	"vpceaccount", "vpceorgid", "vpceorgpaths"}

// wayOf returns the way that a request with a global key comes: aws:SourceIp is in every request
// but those that come through an endpoint of a VPC. Where a service calls on somebody's behalf, it
// is no address of theirs, so that such a request is taken to have none.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_condition_keys_federated.html
func wayOf(key string) policy.Route {
	switch {
	case key == "sourceip":
		return policy.Route{Of: "network", Way: "address"}
	case slices.Contains(throughEndpoint, key):
		return policy.Route{Of: "network", Way: "endpoint"}
	}
	return policy.Route{}
}

// sourceOfService are the keys by which a service says for what it calls. They are there only where
// the service calls with its own identity, not with that of whoever called it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount
var sourceOfService = []string{"sourceaccount", "sourcearn", "sourceowner", "sourceorgid",
	"sourceorgpaths"}

// many are the global keys that have several values.
var many = []string{"calledvia", "principalorgpaths", "resourceorgpaths", "sourceorgpaths",
	"vpceorgpaths", "tagkeys", "principalservicenameslist"}

// global says what is known of the other keys that every service has.
func (c *circumstances) global(key string) policy.Fact {
	if name, ok := strings.CutPrefix(key, "resourcetag/"); ok {
		return c.resourceTag(name)
	}
	switch {
	case key == "requestedregion":
		return certain(c.region)
	case key == "resourceaccount":
		return certain(c.owner)
	case key == "securetransport": // Secrets Manager has no other endpoint
		return certain("true")
	case key == "viaawsservice":
		if c.key != nil {
			return certain("true")
		}
		return policy.Fact{
			State: policy.Open, Always: true, Within: []string{"true", "false"},
			Route: policy.Route{Of: "network", Way: "endpoint", Only: "true"},
		}
	case strings.HasPrefix(key, "requesttag/") || key == "tagkeys":
		if c.carried("aws:" + key) {
			return policy.Fact{State: policy.Chosen, Many: key == "tagkeys"}
		}
		return absent
	case slices.Contains(sourceOfService, key):
		if c.p.Kind != ServicePrincipal {
			return absent
		}
		return policy.Fact{State: policy.Open, Many: key == "sourceorgpaths"}
	}
	f := policy.Fact{State: policy.Open, Many: slices.Contains(many, key), Route: wayOf(key)}
	if c.key != nil &&
		(slices.Contains(network, key) || strings.HasPrefix(key, "calledvia") ||
			strings.HasPrefix(key, "resourceorg")) || c.other {
		f.Name = c.scope() + "aws:" + key
		if f.Route.Of != "" {
			f.Route.Of = c.scope() + f.Route.Of
		}
	}
	if !c.known("aws:" + key) {
		f.Many = true
	}
	return f
}

// scope tells the keys of requests to other services from those of the call itself.
func (c *circumstances) scope() string {
	if c.other {
		return "lambda "
	}
	return "kms "
}

func (c *circumstances) known(key string) bool {
	_, ok := aws.ConditionKey(key)
	return ok
}

// resourceTag says what is known of a tag of the resource.
func (c *circumstances) resourceTag(name string) policy.Fact {
	switch {
	case c.other:
		return policy.Fact{State: policy.Open, Name: "lambda aws:resourcetag/" + name}
	case c.key != nil && (!c.key.Known || strings.HasPrefix(name, "aws:")):
		return policy.Fact{
			State: policy.Open, Name: "key " + c.key.ARN + " aws:resourcetag/" + name,
		}
	case c.key != nil:
		return told(c.key.Tags, name, "key tag")
	case c.arn == "*":
		return absent
	}
	return c.secretTag(name)
}

func (c *circumstances) secretTag(name string) policy.Fact {
	if !c.s.KnownTags || strings.HasPrefix(name, "aws:") {
		return policy.Fact{State: policy.Open, Name: "aws:resourcetag/" + name}
	}
	return told(c.s.Tags, name, "secret tag")
}

// carried says whether AWS's table has a key for the action.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
func (c *circumstances) carried(key string) bool {
	return c.carries.Any(func(k string) bool {
		if strings.HasSuffix(k, "/") || strings.HasSuffix(k, ":") {
			return len(key) > len(k) && strings.EqualFold(key[:len(k)], k)
		}
		return strings.EqualFold(key, k)
	})
}

// ofSecret says what is known of Secrets Manager's own keys.
func (c *circumstances) ofSecret(key string) policy.Fact {
	if c.key != nil || c.other || !c.carried(key) {
		return absent
	}
	name := strings.TrimPrefix(key, "secretsmanager:")
	if tag, ok := strings.CutPrefix(name, "resourcetag/"); ok {
		return c.secretTag(tag)
	}
	if c.wider != nil {
		if f, ok := c.wider.facts[key]; ok {
			return f
		}
	}
	open := policy.Fact{State: policy.Open}
	switch name {
	case "rotationlambdaarn":
		if c.function != "" {
			return certain(c.function)
		}
	case "secretid": // a call may name the secret, too; it cannot leave it out
		return policy.Fact{State: policy.Chosen, Plain: []string{c.arn}, Always: true}
	case "secretprimaryregion": // whether a secret without replicas has it, AWS does not say
		if len(c.s.Copies) == 1 {
			return policy.Fact{State: policy.Open, Within: []string{c.s.Copies[0].Region}}
		}
		return certain(c.s.Copies[0].Region)
	case "resource/allowrotationlambdaarn":
		switch {
		case c.s.Function != "":
			return certain(c.s.Function)
		case c.s.KnownTags && !c.s.Rotates:
			return absent
		}
		return open
	case "resource/type":
		switch {
		case c.s.Type != "":
			return certain(c.s.Type)
		case c.s.KnownTags:
			return absent
		}
		return open
	}
	return c.argument(name)
}

// argument says what is known of an argument of a call, without "secretsmanager:". A call deletes
// at once or states a recovery window, and not both; and BatchGetSecretValue, which takes no stage,
// gets what is current.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
func (c *circumstances) argument(name string) policy.Fact {
	switch {
	case name == "versionstage" && c.batch:
		return policy.Fact{State: policy.Open, Within: []string{aws.CurrentStage}}
	case name == "versionid", name == "versionstage":
		return policy.Fact{State: policy.Open}
	case name == "addreplicaregions":
		return c.regionsOfReplicas()
	case name == "forcedeletewithoutrecovery" && c.purge:
		return certain("true") // a deletion that can be taken back is not what the verb means
	case name == "recoverywindowindays" && c.purge:
		return absent
	}
	f := policy.Fact{State: policy.Chosen} // which a plain call leaves out
	switch name {
	case "forcedeletewithoutrecovery":
		f.Route = policy.Route{Of: "deletion", Way: "at once", Only: "true"}
	case "recoverywindowindays":
		f.Route = policy.Route{Of: "deletion", Way: "with a window"}
	}
	return f
}

// regionsOfReplicas says what is known of the Regions in which a call makes replicas. It cannot
// leave them out, and of a secret without replicas nobody knows them.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html
func (c *circumstances) regionsOfReplicas() policy.Fact {
	switch {
	case c.into != "":
		return certain(c.into)
	case len(c.s.Copies) == 1:
		return policy.Fact{State: policy.Open, Many: true, Always: true}
	}
	return policy.Fact{
		State: policy.Chosen, Plain: c.s.replicaRegions(), Many: true, Always: true,
	}
}

func (s *Secret) replicaRegions() []string {
	var out []string
	for _, c := range s.Copies[1:] {
		out = append(out, c.Region)
	}
	return out
}

// ofKey says what is known of KMS's own keys, in the requests that Secrets Manager makes on behalf
// of its caller.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html#security-encryption-encryption-context
func (c *circumstances) ofKey(key string) policy.Fact {
	if c.key == nil || !c.carried(key) {
		return absent
	}
	switch key {
	case "kms:viaservice":
		if c.service == "" {
			c.service = viaService(c.arn, c.via.region)
		}
		return certain(c.service)
	case "kms:calleraccount":
		return c.p.principalAccount()
	case "kms:encryptioncontext:secretarn":
		return certain(c.via.secret)
	case "kms:encryptioncontext:secretversionid":
		return policy.Fact{State: policy.Open, Always: true}
	case "kms:encryptioncontextkeys":
		return certain("SecretARN", "SecretVersionId")
	case "kms:encryptionalgorithm":
		return certain("SYMMETRIC_DEFAULT")
	case "kms:requestalias":
		return policy.Fact{State: policy.Open, Name: "key " + c.key.ARN + " " + key}
	case "kms:resourcealiases":
		if c.key.Known && !c.key.Others {
			return policy.Fact{State: policy.Told, Values: c.key.Aliases, Note: "key alias"}
		}
		return policy.Fact{State: policy.Open, Many: true, Name: "key " + c.key.ARN + " " + key}
	case "kms:keyorigin", "kms:keyspec", "kms:keyusage", "kms:multiregion",
		"kms:multiregionkeytype":
		if values, ok := c.key.Facts[key]; ok {
			return certain(values...)
		}
		return policy.Fact{
			State: policy.Open, Always: key != "kms:multiregionkeytype",
			Name: "key " + c.key.ARN + " " + key,
		}
	}
	// other parts of the encryption context, and what only other ways to use a key have
	return absent
}

// viaService returns the name of Secrets Manager in a Region as KMS sees it.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func viaService(arn, region string) string {
	suffix := "amazonaws.com"
	if parts, ok := splitARN(arn); ok { // of which the account may not be known
		if all := aws.DNSSuffixes(parts.partition); all != nil {
			suffix = all[0]
		}
	}
	return "secretsmanager." + region + "." + suffix
}

// shownAll is cfn.Shown for several texts.
func shownAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = cfn.Shown(s)
	}
	return out
}
