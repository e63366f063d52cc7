package aws

import (
	"slices"
	"testing"
)

// TestServicesAreKnownByTheirNames: names with a Region and of other partitions are known, and what
// is nearly a name leads to it.
func TestServicesAreKnownByTheirNames(t *testing.T) {
	if !slices.IsSorted(servicePrincipals()) {
		for i := 1; i < len(servicePrincipals()); i++ {
			if servicePrincipals()[i-1] >= servicePrincipals()[i] {
				t.Errorf("%q is before %q", servicePrincipals()[i-1], servicePrincipals()[i])
			}
		}
	}
	for name, want := range map[string]bool{
		"lambda.amazonaws.com": true, "logs.eu-west-1.amazonaws.com": true,
		"ec2.amazonaws.com.cn": true, "pods.eks.amazonaws.com": true,
		"lamda.amazonaws.com": false, "lambda.eu.amazonaws.com": false, "lambda": false,
	} {
		if KnownService(name) != want {
			t.Errorf("KnownService(%q) is %v", name, !want)
		}
	}
	for _, name := range ServiceNames() {
		if !KnownService(name) || ServicePrincipal(name) != "" {
			t.Errorf("%q is not known, or no name of a service", name)
		}
	}
	for name, want := range map[string]string{
		"lambda": "lambda.amazonaws.com", "ecs-tasks.amazonaws": "ecs-tasks.amazonaws.com",
		"Lambda": "lambda.amazonaws.com", "ec2.aws.com": "ec2.amazonaws.com", "frob": "",
	} {
		if got := ServiceMeant(name); got != want {
			t.Errorf("ServiceMeant(%q) is %q, want %q", name, got, want)
		}
	}
}
