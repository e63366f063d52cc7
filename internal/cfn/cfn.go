// Package cfn knows CloudFormation templates: logical IDs, intrinsic functions, how templates are
// written as JSON or YAML, their limits and their graph of references. It knows nothing of secrets.
package cfn

// Object is a JSON object whose members keep their order.
//
// A value in a template is one of: nil, bool, int, json.Number, string (which may be an intrinsic,
// see Intrinsic), []any, []string and Object; of a template that others wrote also Unread.
type Object []Member

// Member is one entry of an Object.
type Member struct {
	Key   string
	Value any
}

// Get returns the value of a key, or nil.
func (o Object) Get(key string) any {
	for _, m := range o {
		if m.Key == key {
			return m.Value
		}
	}
	return nil
}

// MarshalJSON writes the object as this package writes it everywhere: members in their order,
// intrinsics as functions. Encoders of other packages (the plan's) rely on it.
func (o Object) MarshalJSON() ([]byte, error) {
	return AppendValue(nil, o, Format{Compact: true}), nil
}

// Template is one CloudFormation template. Members of the maps are written sorted by name.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
type Template struct {
	Description string
	Metadata    Object
	Parameters  Object
	Mappings    Object
	Conditions  Object
	Rules       any      // which values parameters may have; it is read and never written
	Globals     Object   // of AWS's serverless transform; it is read and never written
	Transform   []string // written as a string when there is one, absent when there is none
	Macros      []any    // what Transform and Fn::Transform say; it is read and never written
	Resources   map[string]*Resource
	Outputs     map[string]*Output

	finished finishedIDs
}

// Resource is one resource. Verbatim, when set, is written as it is instead of everything else: it
// is a resource the user wrote in CloudFormation's own words.
type Resource struct {
	Type                string
	Condition           string
	DependsOn           []string // written sorted; a string when there is one
	DeletionPolicy      string
	UpdateReplacePolicy string
	Metadata            Object
	Properties          Object
	Verbatim            Object
}

// Output is one output of a template.
type Output struct {
	Description string
	Condition   string
	Value       string // may be an intrinsic
	ExportName  string // may be an intrinsic; empty: not exported
	Verbatim    Object // as for Resource
}
