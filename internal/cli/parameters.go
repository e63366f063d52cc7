package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
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
		"`[STACK.]NAME=VALUE`: the value of a parameter at deployment; NAME=@FILE reads it from a file; may be repeated. It changes what is proved, never a template")
	register(cmd.RegisterFlagCompletionFunc("parameter", cobra.NoFileCompletions))
	cmd.PreRunE = func(*cobra.Command, []string) (err error) {
		p.parameters, err = p.readParameters(given)
		return err
	}
}

// readParameters reads the values of --parameter: of a stack, or of all where it is "", by name. Of a
// file, the line end at its end is not part of the value. What is no parameter, or is given twice, is
// wrong usage. No message shows a value: it may be a secret.
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
			return nil, usage(hint, "--parameter %q names no parameter: names consist of letters and digits", key)
		}
		if path, isFile := strings.CutPrefix(value, "@"); isFile {
			data, err := os.ReadFile(p.path(path))
			if err != nil {
				return nil, failed(fmt.Sprintf("reading %q", path), err)
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

// parametersOf returns the values that are given for a template: those for its stack before those for all.
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
			stacks = append(stacks, either(t.Stack, t.File))
			if t.isCalled(stack) {
				called = append(called, t)
				for _, m := range t.Template.Parameters {
					names = append(names, m.Key)
				}
			}
		}
		if len(called) == 0 {
			return usage(hintAmong(stack, stacks, "the stacks are "), "--parameter: no stack is called %q", stack)
		}
		for _, name := range slices.Sorted(maps.Keys(given[stack])) {
			found := false
			for _, t := range called {
				if t.Template.Parameters.Get(name) == nil {
					continue
				}
				found = true
				if err := checkParameter(t.Template, name, given[stack][name]); err != nil {
					return err
				}
			}
			if !found {
				return usage(hintAmong(name, names, "the parameters are "), "--parameter: no template has a parameter %q", name)
			}
		}
	}
	return nil
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

// checkParameter refuses a value that a parameter does not take: because of its type, AllowedValues,
// AllowedPattern, or its least and greatest length or value. Of a list, every element is judged. The
// value is not shown. A pattern that only Java understands is passed over.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func checkParameter(t *cfn.Template, name, value string) error {
	declared, ok := t.Parameters.Get(name).(cfn.Object)
	if !ok {
		return nil
	}
	refuse := func(hint, why string) error {
		return usage(hint, "the value of --parameter %s %s", name, why)
	}
	kind, _ := declared.Get("Type").(string)
	values := []string{value}
	if kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<") {
		values = strings.Split(value, ",")
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
	}
	var allowed []string
	list, _ := declared.Get("AllowedValues").([]any)
	for _, v := range list {
		allowed = append(allowed, scalarText(v))
	}
	pattern, _ := declared.Get("AllowedPattern").(string)
	matches, err := regexp.Compile("^(?:" + pattern + ")$")
	if pattern == "" || err != nil {
		matches = nil
	}
	for _, v := range values {
		number, notNumber := strconv.ParseFloat(v, 64)
		isNumber := kind == "Number" || kind == "List<Number>"
		switch {
		case isNumber && notNumber != nil:
			return refuse("write a number", "is no number")
		case allowed != nil && !slices.Contains(allowed, v):
			return refuse("write one of "+strings.Join(allowed, ", "), "is none of its AllowedValues")
		case matches != nil && !matches.MatchString(v):
			return refuse("write a value that "+pattern+" matches", "does not match its AllowedPattern")
		case kind == "String" && outside(float64(len([]rune(v))), declared.Get("MinLength"), declared.Get("MaxLength")):
			return refuse("see its MinLength and MaxLength", "is too short or too long")
		case isNumber && outside(number, declared.Get("MinValue"), declared.Get("MaxValue")):
			return refuse("see its MinValue and MaxValue", "is too small or too large")
		}
	}
	return nil
}

// outside says whether a number is not between two others, either of which may be absent.
func outside(n float64, least, greatest any) bool {
	low, noLow := strconv.ParseFloat(scalarText(least), 64)
	high, noHigh := strconv.ParseFloat(scalarText(greatest), 64)
	return noLow == nil && n < low || noHigh == nil && n > high
}

// scalarText returns a scalar of a template as a text.
func scalarText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return ""
}
