package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/english"
	"github.com/secretctl/secretctl/internal/lazy"
	"github.com/secretctl/secretctl/internal/plan"
	"github.com/secretctl/secretctl/internal/show"
)

// readProfiles reads the values of --profile to a map from account to the name of a profile.
func readProfiles(values []string) (map[string]string, error) {
	profiles := map[string]string{}
	for _, value := range values {
		account, name, _ := strings.Cut(value, "=")
		if !accountPattern.MatchString(account) || name == "" || strings.HasPrefix(name, "-") {
			return nil, usage("write it as --profile 111111111111=NAME",
				"--profile %q is not an account and the name of a profile", value)
		}
		if _, twice := profiles[account]; twice {
			return nil, usage("leave out one of them", "account %s has two profiles", account)
		}
		profiles[account] = name
	}
	return profiles, nil
}

var (
	accountPattern = lazy.Regexp(`^[0-9]{12}$`)
	// bucketPattern is what S3 has ever accepted.
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	bucketPattern      = lazy.Regexp(`^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$`)
	placeholderPattern = lazy.Regexp(`\{(account|region)\}`)
)

// checkBucket refuses what can be no bucket's name, whatever stands for its placeholders.
func checkBucket(name string) error {
	if name == "" || bucketPattern.MatchString(placeholderPattern.ReplaceAllString(name, "any")) {
		return nil
	}
	return usage("write the name alone; {account} and {region} stand for those of the stack",
		"--bucket %q is no name of an S3 bucket", name)
}

// accountsOf are the accounts that a plan deploys to, as far as it states them, in its order.
func accountsOf(plan plan.Plan) []string {
	var accounts []string
	for _, s := range plan.Stacks {
		if s.Account != "" && !slices.Contains(accounts, s.Account) {
			accounts = append(accounts, s.Account)
		}
	}
	return accounts
}

// withoutProfile are the accounts that the AWS CLI's own credentials are for.
func withoutProfile(profiles map[string]string, plan plan.Plan) []string {
	return slices.DeleteFunc(accountsOf(plan), func(account string) bool {
		return profiles[account] != ""
	})
}

// checkProfiles refuses a profile for an account that the plan does not deploy to: it is a mistake
// in the number, most likely.
func checkProfiles(profiles map[string]string, plan plan.Plan) error {
	accounts := accountsOf(plan)
	hint := "the accounts are " + english.List(accounts)
	switch len(accounts) {
	case 0:
		hint = "no stack states its account; set the variable AWS_PROFILE when you run the script"
	case 1:
		hint = "the account is " + accounts[0]
	}
	for _, account := range slices.Sorted(maps.Keys(profiles)) {
		if !slices.Contains(accounts, account) {
			return usage(hint, "--profile names account %s, to which nothing is deployed", account)
		}
	}
	return nil
}

// scriptOptions are what a script needs to know beyond the plan, as the flags say it.
type scriptOptions struct {
	profiles map[string]string // account → name of a profile of the AWS CLI
	// for large templates, with {account} and {region}; empty: there is none
	bucket string
}

// of returns how the script of a plan is written. A profile of an account without a stack and a
// bucket that cannot serve are usage errors; a large template without a bucket is an error with
// exit code 1.
func (o scriptOptions) of(plan plan.Plan) (show.Options, error) {
	if err := checkProfiles(o.profiles, plan); err != nil {
		return show.Options{}, err
	}
	if err := checkUploads(o.bucket, plan); err != nil {
		return show.Options{}, err
	}
	buckets := make([]string, len(plan.Stacks))
	for i, s := range plan.Stacks {
		if s.NeedsBucket() {
			name, err := bucketFor(o.bucket, s)
			if err != nil {
				return show.Options{}, err
			}
			buckets[i] = name
		}
	}
	return show.Options{Profiles: o.profiles, Buckets: buckets}, nil
}

// bucketFor returns the name of the bucket that a stack's template goes through.
func bucketFor(name string, s plan.Stack) (string, error) {
	for _, p := range []struct{ placeholder, property, value string }{{"{account}", "account",
		s.Account}, {"{region}", "region", s.Region}} {
		if !strings.Contains(name, p.placeholder) {
			continue
		}
		if p.value == "" {
			return "", usage("write the name out, or add environment."+p.property,
				"--bucket uses %s, and the spec does not state it", p.placeholder)
		}
		name = strings.ReplaceAll(name, p.placeholder, p.value)
	}
	return name, nil
}

// checkUploads refuses a plan whose large templates no bucket can take. A bucket must be in the
// Region of the stack, because the AWS CLI gives CloudFormation an address of that Region.
// https://github.com/aws/aws-cli/issues/4512
func checkUploads(bucket string, plan plan.Plan) error {
	var large []string
	regions := map[string]bool{}
	for _, s := range plan.Stacks {
		if s.NeedsBucket() {
			large = append(large, s.Template)
			regions[s.Region] = true
		}
	}
	switch {
	case len(large) == 0:
		return nil
	case bucket == "":
		const most = 5
		names := large
		if len(names) > most+1 {
			names = append(slices.Clone(large[:most]), fmt.Sprintf("%d others", len(large)-most))
		}
		return refuse(exitErrors,
			"name a bucket in the Region of the stack: --bucket NAME, which may contain "+
				"{account} and {region}",
			"%s more than %s bytes and must go through an S3 bucket: %s",
			english.Plural(len(large), "template has", "templates have"),
			english.Thousands(cfn.Limit(cfn.BodyInRequest)), english.List(names))
	case len(regions) > 1 && !strings.Contains(bucket, "{region}"):
		return usage("put {region} into the name",
			"--bucket %s is one bucket, and large templates go to %s: %s", bucket,
			english.Plural(len(regions), "Region", "Regions"),
			english.List(slices.Sorted(maps.Keys(regions))))
	}
	return nil
}
