// Package lazy makes things when they are first needed: secretctl starts for one command, and most
// of what it knows is for others. A package's variables are set whenever the program starts; what
// takes more than a literal is one of these.
package lazy

import (
	"regexp"
	"sync"
)

// Value returns a function that makes a value at its first call and returns the same one at every
// call. It may be called by several at once.
func Value[T any](make func() T) func() T { return sync.OnceValue(make) }

// Pattern is a regular expression that is compiled when it is first used. It may be used by several
// at once, and is never copied.
type Pattern struct {
	text     string
	once     sync.Once
	compiled *regexp.Regexp
}

// Regexp returns the pattern of a regular expression. One that is wrong panics when it is used; a
// test in internal/archtest compiles all that stand in the program.
func Regexp(text string) *Pattern { return &Pattern{text: text} }

// Compiled returns the regular expression itself.
func (p *Pattern) Compiled() *regexp.Regexp {
	p.once.Do(func() { p.compiled = regexp.MustCompile(p.text) })
	return p.compiled
}

// String returns the text of the regular expression.
func (p *Pattern) String() string { return p.text }

// MatchString is that of regexp.Regexp.
func (p *Pattern) MatchString(s string) bool {
	return p.Compiled().MatchString(s)
}

// FindString is that of regexp.Regexp.
func (p *Pattern) FindString(s string) string {
	return p.Compiled().FindString(s)
}

// FindStringSubmatch is that of regexp.Regexp.
func (p *Pattern) FindStringSubmatch(s string) []string {
	return p.Compiled().FindStringSubmatch(s)
}

// FindStringSubmatchIndex is that of regexp.Regexp.
func (p *Pattern) FindStringSubmatchIndex(s string) []int {
	return p.Compiled().FindStringSubmatchIndex(s)
}

// FindAllString is that of regexp.Regexp.
func (p *Pattern) FindAllString(s string, n int) []string {
	return p.Compiled().FindAllString(s, n)
}

// FindAllStringIndex is that of regexp.Regexp.
func (p *Pattern) FindAllStringIndex(s string, n int) [][]int {
	return p.Compiled().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is that of regexp.Regexp.
func (p *Pattern) FindAllStringSubmatch(s string, n int) [][]string {
	return p.Compiled().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is that of regexp.Regexp.
func (p *Pattern) FindAllStringSubmatchIndex(s string, n int) [][]int {
	return p.Compiled().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString is that of regexp.Regexp.
func (p *Pattern) ReplaceAllString(s, with string) string {
	return p.Compiled().ReplaceAllString(s, with)
}

// ReplaceAllLiteralString is that of regexp.Regexp.
func (p *Pattern) ReplaceAllLiteralString(s, with string) string {
	return p.Compiled().ReplaceAllLiteralString(s, with)
}

// ReplaceAllStringFunc is that of regexp.Regexp.
func (p *Pattern) ReplaceAllStringFunc(s string, by func(string) string) string {
	return p.Compiled().ReplaceAllStringFunc(s, by)
}

// FindAllIndex is that of regexp.Regexp.
func (p *Pattern) FindAllIndex(b []byte, n int) [][]int {
	return p.Compiled().FindAllIndex(b, n)
}
