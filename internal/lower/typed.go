package lower

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/secretctl/secretctl/internal/cfn"
)

// propertiesOf returns the properties of one of goformation's resources as values of a template:
// the fields that are set, sorted by name. It does not look at MarshalJSON methods, which wrap the
// properties in a resource of their own. An embedded struct's fields are the struct's own.
func propertiesOf(t typed) cfn.Object {
	o, _ := valueOf(reflect.ValueOf(t)).(cfn.Object)
	return o
}

// typed is one of goformation's resources, or one that embeds it.
type typed interface{ AWSCloudFormationType() string }

// newResource returns a resource with its properties, under a condition of the template or none.
func newResource(t typed, condition string) *cfn.Resource {
	return &cfn.Resource{
		Type: t.AWSCloudFormationType(), Condition: condition, Properties: propertiesOf(t),
	}
}

// valueOf returns a field of goformation's as a value of a template. Texts that are placeholders of
// intrinsic functions stay so, and so does what is a value of a template already.
func valueOf(v reflect.Value) any {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == numberType {
			return v.Interface()
		}
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int:
		return int(v.Int())
	case reflect.Interface:
		return v.Interface()
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return valueOf(v.Elem())
	case reflect.Slice:
		if v.Type() == objectType {
			return v.Interface()
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = valueOf(v.Index(i))
		}
		return list
	case reflect.Struct:
		return membersOf(v)
	}
	panic(fmt.Sprintf("lower: a property cannot be a %s", v.Type()))
}

// maxFields is more than any of these types has.
const maxFields = 32

// membersOf returns the fields of a struct that are set.
func membersOf(v reflect.Value) cfn.Object {
	var set [maxFields]reflect.Value
	fields := fieldsOf(v.Type())
	n := 0
	for i, f := range fields {
		if field := v.FieldByIndex(f.index); !f.omitEmpty || !isEmpty(field) {
			set[i] = field
			n++
		}
	}
	o := make(cfn.Object, 0, n)
	for i, f := range fields {
		if set[i].IsValid() {
			o = append(o, cfn.Member{Key: f.name, Value: valueOf(set[i])})
		}
	}
	return o
}

// field is a field of a struct by the name that its json tag gives it.
type field struct {
	name      string
	index     []int
	omitEmpty bool
}

var (
	fields     sync.Map // reflect.Type → []field, sorted by name
	objectType = reflect.TypeFor[cfn.Object]()
	numberType = reflect.TypeFor[json.Number]()
)

func fieldsOf(t reflect.Type) []field {
	if known, ok := fields.Load(t); ok {
		return known.([]field)
	}
	var list []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" {
			continue
		}
		list = append(list, field{name, f.Index, strings.Contains(options, "omitempty")})
	}
	slices.SortFunc(list, func(a, b field) int { return strings.Compare(a.name, b.name) })
	fields.Store(t, list)
	return list
}

// isEmpty is what omitempty means to encoding/json.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
