package cfn

// Property returns a property of a resource as it stands in the template, or nil where it is not
// set.
func (r *Resource) Property(name string) any {
	if r.Verbatim == nil {
		return r.Properties.Get(name)
	}
	properties, _ := r.Verbatim.Get("Properties").(Object)
	return properties.Get(name)
}

// Member returns a member of an output as it stands in the template, such as Value or Export, or
// nil where it is not set.
func (o *Output) Member(name string) any { return o.object().Get(name) }
