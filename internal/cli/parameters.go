package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretctl/secretctl/internal/aws"
	"github.com/secretctl/secretctl/internal/cfn"
	"github.com/secretctl/secretctl/internal/diag"
)

// addParameters gives a command its --parameter, whose values it reads before the command runs.
func (p *program) addParameters(cmd *cobra.Command) {
	var given []string
	cmd.Flags().StringArrayVar(&given, "parameter", nil,
		"a parameter at deployment, as `NAME=VALUE` or STACK.NAME=VALUE")
	register(cmd.RegisterFlagCompletionFunc("parameter", cobra.NoFileCompletions))
	cmd.PreRunE = func(*cobra.Command, []string) (err error) {
		p.parameters, err = p.readParameters(given)
		for _, text := range given {
			key, value, _ := strings.Cut(text, "=")
			if !strings.HasPrefix(value, "@") { // a value may be a secret
				value = "…"
			}
			p.parametersGiven = append(p.parametersGiven, key+"="+value)
		}
		return err
	}
}

// readParameters reads the values of --parameter: of a stack, or of all where it is "", by name. Of
// a file, the line end at its end is not part of the value. What is no parameter, or is given
// twice, is wrong usage. No message shows a value: it may be a secret.
func (p *program) readParameters(given []string) (map[string]map[string]string, error) {
	const hint = "write --parameter NAME=VALUE, or --parameter STACK.NAME=VALUE for one stack"
	all := map[string]map[string]string{}
	for _, text := range given {
		key, value, found := strings.Cut(text, "=")
		if !found {
			return nil, usage(hint, "--parameter needs a name, an equals sign and a value")
		}
		stack, name := "", key
		if dot := strings.LastIndexByte(key, '.'); dot >= 0 {
			stack, name = key[:dot], key[dot+1:]
			if stack == "" {
				return nil, usage(hint, "--parameter %q names no stack before its dot", key)
			}
		}
		if aws.LogicalID(name) != "" {
			return nil,
				usage(hint,
					"--parameter %q names no parameter: names consist of letters and digits", key)
		}
		if path, isFile := strings.CutPrefix(value, "@"); isFile {
			data, err := p.readValue(path)
			if err != nil {
				// which may be a value that begins with @
				return nil, failed("reading the file that --parameter "+key+" names",
					withoutPath(err))
			}
			value = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
		}
		if _, again := all[stack][name]; again {
			return nil, usage("give it once", "--parameter %s is given twice", key)
		}
		if all[stack] == nil {
			all[stack] = map[string]string{}
		}
		all[stack][name] = value
	}
	return all, nil
}

// isCalled says whether people may call a template so: by its stack's name, or its file's.
func (t *deployedTemplate) isCalled(stack string) bool {
	file, _, _ := strings.Cut(t.File[strings.LastIndexByte(t.File, '/')+1:], ".")
	return stack == "" || stack == t.Stack || stack == t.File || stack == file
}

// parametersOf returns the values that are given for a template: those for its stack before those
// for all.
func parametersOf(given map[string]map[string]string, t *deployedTemplate) map[string]string {
	var out map[string]string
	for _, stack := range slices.Sorted(maps.Keys(given)) { // "" comes first
		if !t.isCalled(stack) {
			continue
		}
		for name, value := range given[stack] {
			if t.Template.Parameters.Get(name) == nil {
				continue
			}
			if out == nil {
				out = map[string]string{}
			}
			out[name] = value
		}
	}
	return out
}

// checkParameters refuses, as wrong usage, a parameter that no template has, one of a stack that is
// not there, and a value that the parameter does not take.
func checkParameters(given map[string]map[string]string, templates []deployedTemplate) error {
	for _, stack := range slices.Sorted(maps.Keys(given)) {
		var called []*deployedTemplate
		var stacks, names []string
		for i := range templates {
			t := &templates[i]
			stacks = append(stacks, cmp.Or(t.Stack, t.File))
			if t.isCalled(stack) {
				called = append(called, t)
				for _, m := range t.Template.Parameters {
					names = append(names, m.Key)
				}
			}
		}
		if len(called) == 0 {
			return usage(hintAmong(stack, stacks, "the stacks are "),
				"--parameter: no stack is called %q", stack)
		}
		for _, name := range slices.Sorted(maps.Keys(given[stack])) {
			found := false
			for _, t := range called {
				if t.Template.Parameters.Get(name) == nil {
					continue
				}
				found = true
				if err := cfn.CheckParameter(t.Template, name, given[stack][name]); err != nil {
					return usage("give a value that the parameter takes", "--parameter: %s", err)
				}
			}
			if !found {
				return usage(hintAmong(name, names, "the parameters are "),
					"--parameter: no template has a parameter %q", name)
			}
		}
	}
	return nil
}

// checkParameters checks the values of --parameter against templates, or keeps these until those of
// both states are known.
func (p *program) checkParameters(templates []deployedTemplate) error {
	if p.ofBoth != nil {
		*p.ofBoth = append(*p.ofBoth, templates...)
		return nil
	}
	return checkParameters(p.parameters, templates)
}

// hintAmong says what somebody may have meant.
func hintAmong(meant string, names []string, list string) string {
	slices.Sort(names)
	names = slices.Compact(names)
	if hint := diag.DidYouMean(meant, names); hint != "" {
		return hint
	}
	const enough = 12
	switch {
	case len(names) == 0:
		return "there are none"
	case len(names) > enough:
		return list + strings.Join(names[:enough], ", ") + " …"
	}
	return list + strings.Join(names, ", ")
}

// withoutPath returns an error of a file without the file's name.
func withoutPath(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
