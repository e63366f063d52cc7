package cli

import (
	access "github.com/secretctl/secretctl/internal/access2"
)

var fromVPCE = []access.Condition{
	{Operator: "DateLessThan", Key: "aws:CurrentTime", Values: []string{"2027-01-01T00:00:00Z"}},
	{Operator: "StringEquals", Key: "aws:SourceVpce", Values: []string{"vpce-1"}},
}
