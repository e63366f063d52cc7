package model

import (
	"fmt"

	"github.com/secretctl/secretctl/internal/cfn"
)

// StackKind is what a stack holds.
type StackKind uint8

// The kinds of stack, in the order to deploy them.
const (
	KeysStack   StackKind = iota + 1 // the keys that replicas in one other Region need
	HomeStack                        // everything that stands nowhere else
	ShardStack                       // a share of the secrets, with their policies and rotations
	AccessStack                      // the identity policies of one other account's principals
)

// String returns the kind's word in a plan.
func (k StackKind) String() string { return [...]string{"", "keys", "home", "shard", "access"}[k] }

// Stack identifies one of the CloudFormation stacks that a spec is compiled to. Which one a text
// stands in decides how it can name a thing.
type Stack struct {
	Kind    StackKind
	Account string // of an access stack
	Region  string // of a keys stack
	Number  int    // of a shard, from 1
}

// Home is the home stack.
var Home = Stack{Kind: HomeStack}

// StackOf returns the stack that a secret of the spec's own stands in, and where what is derived
// from any secret does.
func (m *Model) StackOf(s *Secret) Stack {
	if s.Shard == 0 {
		return Home
	}
	return Stack{Kind: ShardStack, Number: s.Shard}
}

// StackName returns the name of a stack.
func (m *Model) StackName(s Stack) string {
	switch s.Kind {
	case KeysStack:
		return m.Stack + "-keys"
	case ShardStack:
		return fmt.Sprintf("%s-s%02d", m.Stack, s.Number)
	case AccessStack:
		return m.Stack + "-access"
	}
	return m.Stack
}

// StackFile returns the name of a stack's template file, without its extension. Stacks of different
// accounts and Regions may share a name, files do not.
func (m *Model) StackFile(s Stack) string {
	switch s.Kind {
	case KeysStack:
		return m.StackName(s) + "." + s.Region
	case AccessStack:
		return m.StackName(s) + "." + s.Account
	}
	return m.StackName(s)
}

// Hash is a number that follows from the secret's id alone and is spread evenly. What is divided by
// it keeps its place when other secrets come and go.
func (s *Secret) Hash() uint32 { return hash(s.ID) }

// LiteralARN returns a principal's ARN as every stack can write it, or "": the ARN of a role that
// is created here follows from its name, where it has one and the spec states the account.
func (m *Model) LiteralARN(p *Principal) string {
	if !cfn.IsIntrinsic(p.ARN) {
		return p.ARN
	}
	if p.Role == nil || p.Role.Name == "" || cfn.IsIntrinsic(p.Role.Name) || m.Env.Account == "" ||
		m.Env.Partition == "" {
		return ""
	}
	path := p.Role.Path
	if path == "" {
		path = "/"
	}
	return "arn:" + m.Env.Partition + ":iam::" + m.Env.Account + ":role" + path + p.Role.Name
}
