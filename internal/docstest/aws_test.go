package docstest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// severalValues are the options of the AWS CLI that take all words up to the next option.
var severalValues = []string{"capabilities", "parameter-overrides", "resources-to-skip", "tags",
	"retain-resources", "parameters", "filters"}

// profiles are the accounts of the profiles that pages name.
var profiles = map[string]string{
	"": "111111111111", "secrets": "111111111111", "reports": "222222222222",
	"central": "111111111111", "production": "222222222222", "dev": "111111111111", "staging": "222222222222", "prod": "333333333333",
}

// awsCall is one call of the AWS CLI.
type awsCall struct {
	command string
	options map[string][]string
}

// aws is the AWS CLI as far as pages need it: it refuses a command or an option that it does not
// have, and a deployment that CloudFormation would not begin. It reaches nobody.
func aws(args []string) int {
	call, problem := parseAWS(args)
	if problem != "" {
		return wrong("aws %s: %s", strings.Join(args, " "), problem)
	}
	if looking() {
		return 0
	}
	switch call.command {
	case "sts get-caller-identity":
		account, ok := profiles[call.option("profile")]
		if !ok {
			return wrong("aws_test.go has no account of the profile %s", call.option("profile"))
		}
		fmt.Println(account)
	case "cloudformation deploy":
		if err := call.deploy(); err != nil {
			return wrong("aws %s: %v", strings.Join(args, " "), err)
		}
	case "cloudformation get-template":
		data, err := os.ReadFile(call.deployed())
		if err != nil || call.option("query") != "TemplateBody" {
			return wrong("aws %s: only the body of what is deployed: %v", strings.Join(args, " "), err)
		}
		fmt.Print(string(data))
	}
	return 0
}

func (c awsCall) option(name string) string { return strings.Join(c.options[name], " ") }

// parseAWS reads a command line, and says what is wrong with it.
func parseAWS(args []string) (call awsCall, problem string) {
	at := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "-") })
	if at < 0 {
		at = len(args)
	}
	call.command, call.options = strings.Join(args[:at], " "), map[string][]string{}
	if name, ok := strings.CutPrefix(call.command, "logs tail "); ok && !strings.Contains(name, " ") {
		call.command = "logs tail" // it takes the name of a log group
	}
	list, ok := awsCommands[call.command]
	if !ok {
		return call, "aws_test.go has no such command"
	}
	withValue, without, _ := strings.Cut(list, "|")
	taking := append(strings.Fields(withValue), "profile", "region", "query", "output")
	for rest := args[at:]; len(rest) > 0; {
		name, isOption := strings.CutPrefix(rest[0], "--")
		n := slices.IndexFunc(rest[1:], func(arg string) bool { return strings.HasPrefix(arg, "--") })
		if n < 0 {
			n = len(rest) - 1
		}
		values := rest[1 : 1+n]
		switch {
		case !isOption:
			return call, "there is no place for " + rest[0]
		case slices.Contains(strings.Fields(without), name) && n == 0:
		case slices.Contains(taking, name) && n == 1,
			slices.Contains(taking, name) && n > 1 && slices.Contains(severalValues, name):
		default:
			return call, fmt.Sprintf("there is no option --%s with %d values", name, n)
		}
		call.options[name], rest = values, rest[1+n:]
	}
	return call, ""
}

// deploy refuses what CloudFormation would refuse: a template that is none, capabilities that are
// missing, parameters that the template does not have, and on the first time a missing one.
func (c awsCall) deploy() error {
	path := c.option("template-file")
	template, err := templateOf(path)
	if err != nil {
		return err
	}
	given := map[string]bool{}
	for _, pair := range c.options["parameter-overrides"] {
		if file, ok := strings.CutPrefix(pair, "file://"); ok {
			pair = parametersIn(file)
		}
		for _, one := range strings.Fields(pair) {
			name, _, _ := strings.Cut(one, "=")
			given[name] = true
			if _, ok := template.Parameters[name]; !ok {
				return fmt.Errorf("the template has no parameter %s", name)
			}
		}
	}
	_, err = os.Stat(c.deployed())
	for name, p := range template.Parameters {
		if p.Default == nil && !given[name] && err != nil {
			return fmt.Errorf("the parameter %s has no value", name)
		}
	}
	if err := c.mayMake(path); err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(c.deployed(), data, 0o644)
}

// deployed is the file that keeps the template of a stack once it is deployed.
func (c awsCall) deployed() string {
	return filepath.Join(os.Getenv("HOME"),
		c.option("profile")+"_"+c.option("region")+"_"+c.option("stack-name"))
}

// parametersIn returns the assignments in a file of parameters.
func parametersIn(file string) string {
	var list []string
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	if err != nil {
		wrong("%s: %v", file, err)
	}
	for i := range list {
		list[i], _, _ = strings.Cut(list[i], "=")
	}
	return strings.Join(list, " ")
}

// mayMake holds the capabilities to what the plan beside the template says, if there is one.
func (c awsCall) mayMake(template string) error {
	var plan struct {
		Stacks []struct {
			Template, Name, Region string
			Capabilities           []string
		}
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(template), "plan.json"))
	if err != nil {
		return nil // the script of plan has copied the template
	}
	if err := json.Unmarshal(data, &plan); err != nil {
		return err
	}
	for _, s := range plan.Stacks {
		if s.Template != filepath.Base(template) {
			continue
		}
		if given := c.options["capabilities"]; !slices.Equal(given, s.Capabilities) {
			return fmt.Errorf("the capabilities are %v, and the plan says %v", given, s.Capabilities)
		}
		if s.Name != c.option("stack-name") {
			return fmt.Errorf("the plan calls the stack %s", s.Name)
		}
		if region := c.option("region"); region != "" && s.Region != "" && region != s.Region {
			return fmt.Errorf("the plan says Region %s", s.Region)
		}
		return nil
	}
	return fmt.Errorf("the plan has no template %s", filepath.Base(template))
}
