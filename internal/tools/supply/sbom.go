package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

// The parts of CycloneDX 1.6 that are written (https://cyclonedx.org/docs/1.6/json/). There is no
// time and no serial number, so that the same binary always gives the same text.
type (
	bom struct {
		Schema       string       `json:"$schema"`
		Format       string       `json:"bomFormat"`
		SpecVersion  string       `json:"specVersion"`
		Version      int          `json:"version"`
		Metadata     metadata     `json:"metadata"`
		Components   []component  `json:"components"`
		Dependencies []dependency `json:"dependencies"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type        string          `json:"type"`
		Ref         string          `json:"bom-ref"`
		Name        string          `json:"name"`
		Version     string          `json:"version,omitempty"`
		Description string          `json:"description,omitempty"`
		Scope       string          `json:"scope,omitempty"`
		Hashes      []hash          `json:"hashes,omitempty"`
		Licenses    []licenseChoice `json:"licenses"`
		PURL        string          `json:"purl,omitempty"`
		Properties  []property      `json:"properties,omitempty"`
	}
	hash struct {
		Alg     string `json:"alg"`
		Content string `json:"content"`
	}
	licenseChoice struct {
		License licenseID `json:"license"`
	}
	licenseID struct {
		ID string `json:"id"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	dependency struct {
		Ref       string   `json:"ref"`
		DependsOn []string `json:"dependsOn,omitempty"`
	}
)

// managedPolicies is the data of others that is part of the binary and no Go module: see NOTICE.
var managedPolicies = component{
	Type: "data", Ref: "pkg:pypi/moto@5.2.1", Name: "moto", Version: "5.2.1",
	Description: "what AWS managed policies say of Secrets Manager, KMS and " +
		"lambda:InvokeFunction, from the data of moto",
	Licenses: licensedUnder("Apache-2.0"), PURL: "pkg:pypi/moto@5.2.1",
}

// sbom returns the CycloneDX list of what is linked into a binary. The versions and sums are
// those that the Go linker has noted in it; licences, and which module uses which, are read from
// the sources in root, which must be those that the binary was built from: a module too many or
// too few, or of another version, is an error.
func sbom(root, binary string) (string, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", fmt.Errorf("%s: %w", binary, err)
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		return "", err
	}
	modules, err := linked(root, setting(info, "GOOS"))
	if err != nil {
		return "", err
	}
	if err := sameModules(info, modules); err != nil {
		return "", fmt.Errorf("%s was built from other sources: %w", binary, err)
	}
	licensed, err := licensedModules(modules)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	list := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
		Format: "CycloneDX", SpecVersion: "1.6", Version: 1,
		Metadata: metadata{application(info, filepath.Base(binary),
			hex.EncodeToString(sum[:]))},
		Components:   components(info, licensed),
		Dependencies: dependencies(info, modules),
	}
	text, err := json.MarshalIndent(list, "", "  ")
	return string(text) + "\n", err
}

// setting returns what the Go linker has noted under a key, or "".
func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// sameModules says how the modules that a binary names differ from those of the sources.
func sameModules(info *debug.BuildInfo, modules []module) error {
	var want, got []string
	for _, dep := range info.Deps {
		got = append(got, dep.Path+"@"+effective(dep).Version)
	}
	for _, m := range modules {
		if m.path != standard && m.path != ownModule {
			want = append(want, m.path+"@"+m.version)
		}
	}
	slices.Sort(got)
	if info.Main.Path != ownModule || !slices.Equal(want, got) {
		return fmt.Errorf("it is %s with %v, and the sources need %v", info.Main.Path, got, want)
	}
	return nil
}

// effective returns the module that was linked: that which replaces another, if one does.
func effective(dep *debug.Module) *debug.Module {
	if dep.Replace != nil {
		return dep.Replace
	}
	return dep
}

// application describes the binary itself, with how it was built.
func application(info *debug.BuildInfo, file, sum string) component {
	c := component{
		Type: "application", Ref: reference(info, ownModule), Name: ownModule,
		Description: "compiles a YAML file of AWS Secrets Manager secrets to CloudFormation",
		Version:     version(info, ownModule), PURL: purl(ownModule, version(info, ownModule)),
		Licenses: licensedUnder("Apache-2.0"), Hashes: []hash{{"SHA-256", sum}},
		Properties: []property{{"secretctl:file", file}},
	}
	for _, key := range []string{
		"GOOS", "GOARCH", "CGO_ENABLED", "-trimpath", "vcs.revision", "vcs.modified",
	} {
		if value := setting(info, key); value != "" {
			c.Properties = append(c.Properties, property{"secretctl:build:" + key, value})
		}
	}
	return c
}

// components describes what others have written, sorted by path, the data last.
func components(info *debug.BuildInfo, modules []licensed) []component {
	sums := map[string]string{}
	for _, dep := range info.Deps {
		sums[dep.Path] = effective(dep).Sum
	}
	var all []component
	for _, m := range modules {
		v := version(info, m.path)
		c := component{
			Type: "library", Ref: reference(info, m.path), Name: m.path, Version: v,
			Scope: "required", Licenses: licensedUnder(m.licence.id), PURL: purl(m.path, v),
		}
		if sum := sums[m.path]; sum != "" { // a hash of many files, which no "hashes" can hold
			c.Properties = []property{{"secretctl:go.sum", sum}}
		}
		all = append(all, c)
	}
	return append(all, managedPolicies)
}

// dependencies says which module imports packages of which.
func dependencies(info *debug.BuildInfo, modules []module) []dependency {
	var all []dependency
	for _, m := range modules {
		d := dependency{Ref: reference(info, m.path)}
		for _, used := range m.uses {
			d.DependsOn = append(d.DependsOn, reference(info, used))
		}
		if m.path == ownModule {
			d.DependsOn = append(d.DependsOn, managedPolicies.Ref)
		}
		all = append(all, d)
	}
	return append(all, dependency{Ref: managedPolicies.Ref})
}

// version returns the version of a module that is linked, without "go" for the standard library,
// or "" for a build of the program that has none.
func version(info *debug.BuildInfo, path string) string {
	switch {
	case path == standard: // what follows a space are experiments of the toolchain
		number, _, _ := strings.Cut(strings.TrimPrefix(info.GoVersion, "go"), " ")
		return number
	case path == ownModule && info.Main.Version == "(devel)":
		return ""
	case path == ownModule:
		return info.Main.Version
	}
	for _, dep := range info.Deps {
		if dep.Path == path {
			return effective(dep).Version
		}
	}
	panic("supply: a module that the binary does not name: " + path)
}

// reference returns the name by which parts of the list mention a module.
func reference(info *debug.BuildInfo, path string) string {
	return purl(path, version(info, path))
}

// purl returns the package URL of a Go module
// (https://github.com/package-url/purl-spec/blob/main/types-doc/golang-definition.md).
func purl(path, version string) string {
	url := "pkg:golang/" + strings.ToLower(path)
	if version != "" {
		url += "@" + strings.ReplaceAll(version, "+", "%2B")
	}
	return url
}

func licensedUnder(id string) []licenseChoice { return []licenseChoice{{licenseID{id}}} }
