package cfn

import "reflect"

// Property returns a property of a resource as it stands in the template, or nil where it is not set.
func (r *Resource) Property(name string) any {
	if r.Verbatim != nil {
		properties, _ := r.Verbatim.Get("Properties").(Object)
		return properties.Get(name)
	}
	if v := r.Extra.Get(name); v != nil {
		return v
	}
	if o, ok := r.Properties.(Object); ok {
		return o.Get(name)
	}
	v := reflect.ValueOf(r.Properties)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for _, f := range planOf(v.Type()).fields {
		if f.name == name && !isEmpty(v.Field(f.index)) {
			return v.Field(f.index).Interface()
		}
	}
	return nil
}

// Member returns a member of an output as it stands in the template, such as Value or Export, or nil where it is not set.
func (o *Output) Member(name string) any { return o.object().Get(name) }
