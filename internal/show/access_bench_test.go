package show

import (
	"fmt"
	"io"
	"testing"

	"github.com/secretctl/secretctl/internal/access"
)

// manyAccess is a report of 300 principals and 300 secrets, with nine verbs on each pair: 810,000
// rows.
func manyAccess() access.Report {
	const principals, secrets = 300, 300
	r := access.Report{Verbs: []string{"describe", "read", "batchRead", "write", "rotate", "delete",
		"replicate", "manage", "list"}}
	for i := range principals {
		id := fmt.Sprintf("service-%03d", i)
		r.Principals = append(r.Principals,
			access.Subject{ID: id, Kind: "role", ARN: "arn:aws:iam::111111111111:role/" + id})
	}
	for i := range secrets {
		id := fmt.Sprintf("team/secret-%03d", i)
		arn := "arn:aws:secretsmanager:eu-west-1:111111111111:secret:" + id + "-??????"
		r.Secrets = append(r.Secrets,
			access.Subject{ID: id, ARN: arn, ARNs: []string{arn}, Regions: []string{"eu-west-1"}})
	}
	answers := []*access.Answer{
		{Effect: access.Allow}, {Effect: access.Conditional, Conditions: fromVPCE},
		{Effect: access.Deny, Explicit: true},
		{Effect: access.Unknown,
			Unread: []access.Unread{{What: "parameter", Name: "Arn", Template: "app"}}},
		{Effect: access.Allow, HeldTo: []access.Condition{{Operator: "Null",
			Key: "secretsmanager:KmsKeyArn", Values: []string{"true"}}}},
	}
	for p := range principals {
		for s := range secrets {
			for v := range r.Verbs {
				r.Rows = append(r.Rows, access.Row{Principal: int32(p), Secret: int32(s),
					Verb: int16(v), Answer: answers[(p+s+v/3)%len(answers)]})
			}
		}
	}
	return r
}

// counter counts what is written.
type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// BenchmarkShowAccess writes 810,000 rows in each format.
func BenchmarkShowAccess(b *testing.B) {
	r := manyAccess()
	for _, f := range []struct {
		name string
		show func(io.Writer, access.Report) error
	}{
		{"text by secret", func(w io.Writer, r access.Report) error {
			return writeAccessText(w, r, Options{Width: 80})
		}},
		{"text by principal", func(w io.Writer, r access.Report) error {
			return writeAccessText(w, r, Options{Width: 80, ByPrincipal: true})
		}},
		{"json", func(w io.Writer, r access.Report) error {
			return writeAccessJSON(w, r, Options{})
		}},
		{"csv", func(w io.Writer, r access.Report) error {
			return writeAccessCSV(w, r, Options{})
		}},
		{"markdown", func(w io.Writer, r access.Report) error {
			return writeAccessMarkdown(w, r, Options{})
		}},
		{"html", func(w io.Writer, r access.Report) error {
			return writePage(w, r)
		}},
	} {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var out counter
				if err := f.show(&out, r); err != nil || out < 1<<20 {
					b.Fatal(err, out)
				}
				b.SetBytes(int64(out))
			}
		})
	}
}
