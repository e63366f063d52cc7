package aws

import (
	"slices"
	"testing"
)

func TestPartitionOf(t *testing.T) {
	for region, want := range map[string]string{
		"eu-west-1": "aws", "ap-southeast-7": "aws", "xx-north-1": "aws",
		"cn-northwest-1": "aws-cn",
		"us-gov-east-1":  "aws-us-gov",
		"us-iso-east-1":  "aws-iso", "us-isob-west-1": "aws-iso-b", "eu-isoe-west-1": "aws-iso-e",
		"us-isof-south-1": "aws-iso-f",
		"eusc-de-east-1":  "aws-eusc",
		"":                "", "eu-west": "", "EU-WEST-1": "", "eu-west-1a": "", "eu_west_1": "",
		"europe-west-1": "", "eu-west-1 ": "",
	} {
		if got := PartitionOf(region); got != want {
			t.Errorf("PartitionOf(%q) = %q, want %q", region, got, want)
		}
		if got := ValidRegion(region); got != (want != "") {
			t.Errorf("ValidRegion(%q) = %v", region, got)
		}
	}
}

func TestEveryKnownRegionBelongsToThePartitionThatListsIt(t *testing.T) {
	for _, p := range Partitions {
		if !KnownPartition(p.Name) {
			t.Errorf("%s is not known", p.Name)
		}
		if !slices.IsSorted(p.Regions) {
			t.Errorf("the Regions of %s are not sorted", p.Name)
		}
		for _, r := range p.Regions {
			if got := PartitionOf(r); got != p.Name {
				t.Errorf("%s is of %q, want %q", r, got, p.Name)
			}
		}
	}
	if KnownPartition("aws-mars") || KnownPartition("") {
		t.Error("a partition is known that does not exist")
	}
}

func TestKnownRegions(t *testing.T) {
	regions := KnownRegions()
	if !slices.IsSorted(regions) || len(slices.Compact(slices.Clone(regions))) != len(regions) {
		t.Error("not sorted, or not unique")
	}
	longest := slices.MaxFunc(regions, func(a, b string) int { return len(a) - len(b) })
	if len(longest) != MaxRegionLength {
		t.Errorf("MaxRegionLength is %d, but %s has %d", MaxRegionLength, longest, len(longest))
	}
}

func TestDNSSuffixes(t *testing.T) {
	for partition, want := range map[string][]string{
		"aws":        {"amazonaws.com"},
		"aws-us-gov": {"amazonaws.com"},
		"aws-cn":     {"amazonaws.com.cn", "amazonaws.com"},
		"aws-iso-b":  {"sc2s.sgov.gov"},
		"aws-eusc":   {"amazonaws.eu"},
		"aws-mars":   nil,
	} {
		if got := DNSSuffixes(partition); !slices.Equal(got, want) {
			t.Errorf("DNSSuffixes(%q) = %q, want %q", partition, got, want)
		}
	}
}
