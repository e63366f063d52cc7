// Package aws knows AWS's vocabulary as values and tables: partitions, ARNs, names, actions and
// their condition keys, quotas. It talks to no service, has no SDK, and does not know the language
// of specs but for the words that AWS uses for its own.
package aws

import (
	"slices"
	"strings"

	"github.com/secretctl/secretctl/internal/lazy"
)

// Partition is a group of Regions with accounts, ARNs and DNS names of its own.
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
type Partition struct {
	Name         string   // as in ARNs: aws-cn
	Suffix       string   // of its DNS names, as ${AWS::URLSuffix} gives it
	RegionPrefix string   // what its Regions begin with, those to come included
	Regions      []string // those that exist, sorted
}

// Partitions are all of AWS's, sorted by name but for "aws", which comes last: its prefix takes
// every Region that no other claims. Suffixes, prefixes and Regions are those of botocore's
// partitions.json and
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
var Partitions = []Partition{
	{"aws-cn", "amazonaws.com.cn", "cn-",
		[]string{"cn-north-1", "cn-northwest-1"}},
	{"aws-eusc", "amazonaws.eu", "eusc-", []string{"eusc-de-east-1"}},
	{"aws-iso", "c2s.ic.gov", "us-iso-",
		[]string{"us-iso-east-1", "us-iso-west-1"}},
	{"aws-iso-b", "sc2s.sgov.gov", "us-isob-",
		[]string{"us-isob-east-1", "us-isob-west-1"}},
	{"aws-iso-e", "cloud.adc-e.uk", "eu-isoe-", []string{"eu-isoe-west-1"}},
	{"aws-iso-f", "csp.hci.ic.gov", "us-isof-",
		[]string{"us-isof-east-1", "us-isof-south-1"}},
	{"aws-us-gov", "amazonaws.com", "us-gov-",
		[]string{"us-gov-east-1", "us-gov-west-1"}},
	{"aws", "amazonaws.com", "", []string{
		"af-south-1",
		"ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
		"ap-south-1", "ap-south-2",
		"ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
		"ap-southeast-6", "ap-southeast-7",
		"ca-central-1", "ca-west-1",
		"eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1",
		"eu-west-2", "eu-west-3",
		"il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
		"us-east-1", "us-east-2", "us-west-1", "us-west-2",
	}},
}

// MaxRegionLength is the length of the longest name of a Region, us-isof-south-1. Sizes of policies
// that hold a Region which is not known yet are bounded with it.
const MaxRegionLength = 15

var regionGrammar = lazy.Regexp(`^[a-z]{2,4}(-[a-z]+)+-\d$`)

// ValidRegion says whether a text is a Region's name by its grammar. It says nothing of whether the
// Region exists: new ones come every year, and a spec must not wait for a release of this program.
// KnownRegions has those that do.
func ValidRegion(s string) bool {
	return slices.ContainsFunc(Partitions, func(p Partition) bool {
		return slices.Contains(p.Regions, s)
	}) || regionGrammar.MatchString(s)
}

// KnownRegions returns the Regions of all partitions, sorted.
func KnownRegions() []string {
	var regions []string
	for _, p := range Partitions {
		regions = append(regions, p.Regions...)
	}
	slices.Sort(regions)
	return regions
}

// PartitionOf returns the name of the partition that a Region belongs to, and "" for a text that is
// no Region's name. A Region that no partition is known for is taken to be of "aws", as AWS's SDKs
// do.
func PartitionOf(region string) string {
	if !ValidRegion(region) {
		return ""
	}
	i := slices.IndexFunc(Partitions,
		func(p Partition) bool { return strings.HasPrefix(region, p.RegionPrefix) })
	return Partitions[i].Name // the last pattern matches everything
}

// KnownPartition says whether AWS has a partition of this name.
func KnownPartition(name string) bool {
	return slices.ContainsFunc(Partitions, func(p Partition) bool { return p.Name == name })
}

// DNSSuffixes returns the suffixes that a partition's service names may end in, the partition's own
// first, and nil for a partition that does not exist. A condition on kms:ViaService must list them
// all: for aws-cn AWS does not document whether the value ends in amazonaws.com.cn or in
// amazonaws.com.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
func DNSSuffixes(partition string) []string {
	for _, p := range Partitions {
		switch {
		case p.Name != partition:
		case p.Name == "aws-cn":
			return []string{p.Suffix, strings.TrimSuffix(p.Suffix, ".cn")}
		default:
			return []string{p.Suffix}
		}
	}
	return nil
}
