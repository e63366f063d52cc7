package aws

import (
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// form is a way in which credentials are written.
type form struct {
	only    choice // one of these is in every text with one, so that others need not be looked at
	pattern *lazy.Pattern
	is      func(credential, after string) bool // nil: always
}

// forms are the ways in which credentials are written by which a text tells that one stands in it,
// each with a page that says so. The group of the expression is the credential itself.
// TestForms has an example of each.
var forms = []form{
	// scheme://user:password@host, the user maybe empty; the password may have slashes in it that
	// nobody encoded, unless it begins as a port does, and apostrophes within words: others are
	// the quotes of a program.
	// https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1
	{words("@"), lazy.Regexp(
		`[A-Za-z][A-Za-z0-9+.-]*://[^\s/@:"'<>?#]*:` +
			`((?:[^\s/"'<>?]|\b'\b)+|[^\s/"'<>0-9](?:[^\s"'<>]|\b'\b)*)@`), inAddress},
	// the same without a scheme, where an address can begin: //user:password@host. A user without a
	// small letter is a mark in a comment: //NOTE:me@example.com
	// https://datatracker.ietf.org/doc/html/rfc3986#section-4.2
	{words("@"), lazy.Regexp(
		`(?:^|[\s"'(=,\[])//(?:[^\s/@:"'<>?#]*[a-z0-9][^\s/@:"'<>?#]*)?:` +
			`([^\s/"'<>?@]+|[^\s/"'<>0-9@][^\s"'<>@]*)@[^\s"']`), inAddress},
	// user:password@tcp(host:port)/name
	// https://github.com/go-sql-driver/mysql#dsn-data-source-name
	{words("@tcp(", "@tcp6(", "@unix("), lazy.Regexp(
		`(?:^|[\s"'=])[^\s/@:"'<>]+:([^\s"'<>]+)@(?:tcp6?|unix)\(`), inAddress},
	// jdbc:oracle:thin:user/password@host
	// https://docs.oracle.com/en/database/oracle/oracle-database/19/jjdbc/data-sources-and-URLs.html
	{words("jdbc:oracle:"),
		lazy.Regexp(`jdbc:oracle:[a-z]+:[^\s/@:"']+/([^\s@"']+)@`), inAddress},
	// the id of an access key, and not far from it the key
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
	{words("AKIA", "ASIA"), lazy.Regexp(
		`\b(?:AKIA|ASIA)[A-Z0-9]{16}[^A-Za-z0-9/+=](?:[\s\S]{0,80}?[^A-Za-z0-9/+=])?` +
			`([A-Za-z0-9/+=]{40})(?:$|[^A-Za-z0-9/+=])`), nil},
	// the id of an account or a key of Twilio's, which is no secret, and not far from it the secret
	// https://www.twilio.com/docs/iam/api-keys
	{words("AC", "SK"), lazy.Regexp(
		`\b(?:AC|SK)[0-9a-f]{32}[^A-Za-z0-9](?:[\s\S]{0,80}?[^A-Za-z0-9])?` +
			`([A-Za-z0-9]{32})(?:$|[^A-Za-z0-9])`), looksRandom},
	// https://datatracker.ietf.org/doc/html/rfc7468#section-10
	// https://datatracker.ietf.org/doc/html/rfc9580#section-6.2.1 (OpenPGP)
	{words("PRIVATE KEY"), lazy.Regexp(
		`-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----([\s\S]*?)(?:-----END|$)`), nil},
	// https://datatracker.ietf.org/doc/html/rfc9110#name-authorization
	{words("earer", "EARER", "asic", "ASIC", "oken", "OKEN"), lazy.Regexp(
		`(?i)\b(?:Bearer|Basic|Token)\s+([A-Za-z0-9._~+/=\x{E000}-\x{F8FF}-]{6,})`), looksRandom},
	// https://datatracker.ietf.org/doc/html/rfc7519#section-3.1
	{words("eyJ"), lazy.Regexp(`\b(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+)`), nil},

	// What follows are tokens that begin as their makers let them begin.

	// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
	{words("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
		lazy.Regexp(`\b(gh[oprsu]_\w{20,}(?:\.[\w-]+)*)`), varies},
	{words("github_pat_"), lazy.Regexp(`\b(github_pat_\w{20,})`), varies},
	// https://docs.gitlab.com/security/tokens/#token-prefixes
	{words("glpat-", "gloas-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-",
		"glagent-", "glsoat-", "glffct-"),
		lazy.Regexp(`\b(gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|soat|ffct)-` +
			`[\w-]{16,}(?:\.\w+)*)`), varies},
	// https://docs.slack.dev/authentication/tokens
	{words("xox"), lazy.Regexp(`\b(xox[abeprs]-[\w-]{10,})`), varies},
	{words("xapp-"), lazy.Regexp(`\b(xapp-[0-9]-[\w-]{10,})`), varies},
	// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
	{words("hooks.slack.com/"),
		lazy.Regexp(`\bhooks\.slack\.com/services/(T\w{6,}/B\w{6,}/\w{16,})`), varies},
	// https://docs.stripe.com/keys
	{words("k_live_", "k_test_"),
		lazy.Regexp(`\b([rs]k_(?:live|test)_[A-Za-z0-9]{16,})`), varies},
	// https://docs.stripe.com/webhooks
	{words("whsec_"), lazy.Regexp(`\b(whsec_[A-Za-z0-9+/]{24,}=*)`), varies},
	// https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
	{words("npm_"), lazy.Regexp(`\b(npm_[A-Za-z0-9]{30,})`), varies},
	// https://pypi.org/help/#apitoken
	// https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt (what follows the prefix)
	{words("pypi-AgE"), lazy.Regexp(`\b(pypi-AgE[\w-]{16,})`), varies},
	// https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
	{words("SG."), lazy.Regexp(`\b(SG\.[\w-]{16,}\.[\w-]{16,})`), varies},
	// https://docs.cloud.google.com/docs/authentication/api-keys
	{words("AIza"), lazy.Regexp(`\b(AIza[\w-]{35})(?:$|[^\w-])`), varies},
	// https://docs.claude.com/en/api/admin-api/apikeys/get-api-key
	{words("sk-ant-"), lazy.Regexp(`\b(sk-ant-[\w-]{24,})`), varies},
	// https://platform.openai.com/docs/api-reference/authentication
	{words("sk-proj-", "sk-svcacct-", "sk-admin-"),
		lazy.Regexp(`\b(sk-(?:proj|svcacct|admin)-[\w-]{40,})`), varies},
	{words("T3BlbkFJ"), lazy.Regexp(`\b(sk-[\w-]*T3BlbkFJ[\w-]{16,})`), varies},
	// https://huggingface.co/docs/hub/security-tokens
	{words("hf_"), lazy.Regexp(`\b(hf_[A-Za-z0-9]{30,})`), varies},
	// https://docs.docker.com/reference/api/hub/latest/
	{words("dckr_pat_", "dckr_oat_"), lazy.Regexp(`\b(dckr_[po]at_[\w-]{16,})`), varies},
	// https://docs.digitalocean.com/reference/api/create-personal-access-token/
	{words("dop_v1_", "doo_v1_", "dor_v1_"),
		lazy.Regexp(`\b(do[opr]_v1_[0-9a-f]{32,})`), varies},
	// https://docs.aws.amazon.com/secretsmanager/latest/userguide/mes-partner-DatabricksPAT.html
	{words("dapi"), lazy.Regexp(`\b(dapi[0-9a-f]{32}(?:-[0-9]+)?)\b`), varies},
	// https://shopify.dev/changelog/length-of-the-shopify-access-token-is-increasing
	{words("shpat_", "shpca_", "shppa_", "shpss_", "shpua_"),
		lazy.Regexp(`\b(shp(?:at|ca|pa|ss|ua)_[0-9A-Fa-f]{32,})`), varies},
	// https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas#specify-the-signature
	{words("sig="), lazy.Regexp(
		`(?:^|[^\w-])sig=([A-Za-z0-9%+/]{40,}=*)`), varies},
	// https://github.com/C2SP/C2SP/blob/main/age.md
	{words("AGE-SECRET-KEY-"),
		lazy.Regexp(`\b(AGE-SECRET-KEY-(?:[A-Z]+-)*1[0-9A-Z]{40,})`), varies},
	// https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
	{words("hvs.", "hvb.", "hvr."), lazy.Regexp(`\b(hv[sbr]\.[\w-]{24,})`), varies},
	// https://docs.doppler.com/reference/auth-token-formats
	{words("dp."), lazy.Regexp(
		`\b(dp\.(?:pt|ct|scim|audit|said|sa|st(?:\.[a-z0-9_-]+)?)\.[A-Za-z0-9]{40,})`), varies},
}

// varies says whether the end of a token is none that stands for another, a letter again and again,
// nor made of words: of so many characters that a maker draws, not all are small letters.
func varies(token, _ string) bool {
	const looked, enough = 16, 4
	end := token[max(0, len(token)-looked):]
	if strings.Trim(end, "abcdefghijklmnopqrstuvwxyz_.-") == "" {
		return false
	}
	different := 0
	for i := range len(end) {
		if !strings.Contains(end[:i], end[i:i+1]) {
			different++
		}
	}
	return different >= enough
}
