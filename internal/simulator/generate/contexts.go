package generate

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// callerKeys are the keys that follow from who calls.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
func (d *draft) callerKeys(context map[string][]string) {
	arn := textOf(d.p.arn, d.documents.world)
	if d.p.kind == "service" {
		context["aws:PrincipalIsAWSService"] = []string{"true"}
		context["aws:PrincipalServiceName"] = []string{arn}
		for _, key := range []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
			"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "aws:TokenIssueTime",
			"aws:FederatedProvider", "aws:SourceIdentity"} {
			delete(context, key)
		}
		return
	}
	context["aws:PrincipalIsAWSService"] = []string{"false"}
	context["aws:PrincipalArn"] = []string{arn}
	context["aws:PrincipalAccount"] = []string{d.p.account}
	context["aws:userid"] = []string{d.userID}
	context["aws:PrincipalType"] = []string{"AssumedRole"}
	if d.p.kind == "user" {
		context["aws:PrincipalType"] = []string{"User"}
		context["aws:username"] = []string{arn[strings.LastIndex(arn, "/")+1:]}
	}
	for _, key := range d.never() {
		delete(context, key)
	}
	if d.p.ofServices { // whether a chain is there in this world, and for whom, is not asked
		delete(context, "aws:MultiFactorAuthPresent")
		delete(context, "aws:MultiFactorAuthAge")
	}
}

// never are the keys that no request of the caller has: sessions that services opened know neither
// MFA, nor an identity provider, nor an identity that somebody brought; nor does a user bring one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
func (d *draft) never() []string {
	switch {
	case d.p.kind == "user":
		return []string{"aws:FederatedProvider", "aws:SourceIdentity"}
	case d.p.ofServices && d.p.chained:
		return []string{"aws:FederatedProvider", "aws:SourceIdentity"}
	case d.p.ofServices:
		return []string{"aws:FederatedProvider", "aws:SourceIdentity",
			"aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"}
	}
	return nil
}

// impossible says why no request of a kind of caller has a context, whose keys are in lower case;
// empty: one may.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_condition_keys_federated.html
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
func (d *draft) impossible(kind string, context map[string][]string) string {
	has := func(key string) bool { return len(context[strings.ToLower(key)]) > 0 }
	is := func(key string) bool { return slices.Contains(context[strings.ToLower(key)], "true") }
	for _, key := range network[1:] {
		if has(network[0]) && has(key) {
			return "it comes from an address and has " + key
		}
	}
	if is(atOnce) && has(window) {
		return "it deletes at once and with a recovery window"
	}
	if kind == "service" {
		return ""
	}
	for _, key := range []string{"aws:SourceAccount", "aws:SourceArn"} {
		if has(key) {
			return "no service calls and it has " + key
		}
	}
	for _, key := range d.never() {
		if has(key) && (!strings.HasSuffix(key, "Present") || is(key)) {
			return "no session of the caller has " + key
		}
	}
	return ""
}

// secretContext is what the request to Secrets Manager bears.
func (d *draft) secretContext() map[string][]string {
	out := maps.Clone(d.shared)
	maps.Copy(out, d.first)
	d.callerKeys(out)
	if slices.Contains(out[atOnce], "true") {
		delete(out, window)
	}
	// a service that calls on somebody's behalf does not come from their address
	if slices.Contains(out["aws:ViaAWSService"], "true") {
		delete(out, network[0])
	}
	out["aws:RequestedRegion"] = []string{d.s.copies[d.at].region}
	out["aws:ResourceAccount"], out["aws:SecureTransport"] = []string{d.account()}, []string{"true"}
	for k, v := range d.s.tags {
		out["aws:ResourceTag/"+k], out["secretsmanager:ResourceTag/"+k] = []string{v}, []string{v}
	}
	if d.s.function != nil {
		out["secretsmanager:resource/AllowRotationLambdaArn"] = []string{
			textOf(d.s.function, d.documents.world),
		}
	}
	if len(d.s.copies) > 1 {
		out["secretsmanager:SecretPrimaryRegion"] = []string{d.s.copies[0].region}
	}
	return out
}

// managedByAWS is the key aws/secretsmanager.
var managedByAWS = key{aliases: []string{"alias/aws/secretsmanager"}}

// keyContext is what a request to KMS bears that Secrets Manager makes for the caller.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func (d *draft) keyContext(c copyOf) map[string][]string {
	out := maps.Clone(d.shared)
	maps.Copy(out, d.kms)
	d.callerKeys(out)
	named := c.region
	if d.s.asPrimary {
		named = d.s.copies[0].region
	}
	if d.p.kind != "service" {
		out["kms:CallerAccount"] = []string{d.p.account}
	}
	out["kms:ViaService"] = []string{"secretsmanager." + named + ".amazonaws.com"}
	out["kms:EncryptionContext:SecretARN"] = []string{d.arnIn(named)}
	out["kms:EncryptionContextKeys"] = []string{"SecretARN", "SecretVersionId"}
	out["kms:EncryptionAlgorithm"] = []string{"SYMMETRIC_DEFAULT"}
	out["aws:RequestedRegion"] = []string{c.region}
	out["aws:SecureTransport"] = []string{"true"}
	out["aws:ViaAWSService"] = []string{"true"}
	out["aws:ResourceAccount"] = []string{d.account()}
	key := c.key
	if key == nil {
		key = &managedByAWS
	}
	for k, v := range key.tags {
		out["aws:ResourceTag/"+k] = []string{v}
	}
	if len(key.aliases) > 0 {
		out["kms:ResourceAliases"] = key.aliases
	}
	out["kms:KeySpec"] = []string{"SYMMETRIC_DEFAULT"}
	out["kms:KeyUsage"] = []string{"ENCRYPT_DECRYPT"}
	out["kms:KeyOrigin"] = []string{"AWS_KMS"}
	out["kms:MultiRegion"] = []string{strconv.FormatBool(key.multiRegion)}
	if key.multiRegion {
		out["kms:MultiRegionKeyType"] = []string{"PRIMARY"}
	}
	return out
}
