package spec

import (
	"reflect"
	"sync"

	"github.com/secretctl/secretctl/internal/diag"
	"github.com/secretctl/secretctl/internal/mask"
	"github.com/secretctl/secretctl/internal/source"
	"github.com/secretctl/secretctl/internal/yaml"
)

// MaskText adds what must not be shown of a file that could not be read as YAML.
func MaskText(f *source.File, m *source.Masks) { words().Text(f, m) }

// MaskTemplate adds what must not be shown of a CloudFormation template. The root may be nil.
func MaskTemplate(root *yaml.Node, m *source.Masks) { words().Template(root, m) }

// words are those of the language, as masks need them.
var words = sync.OnceValue(func() *mask.Language {
	return &mask.Language{
		Environment: shapeOf(reflect.TypeFor[NamedEnvironment]()).names(),
		Sections:    shapeOf(specType).names(),
		Secret:      wordsOf(secretType),
		Value:       wordsOf(valueType),
		Generator:   wordsOf(generateType),
		Synonym:     synonymOf,
		Section: func(word string) string {
			return diag.Nearest(word, shapeOf(specType).names())
		},
	}
})

// wordsOf are the words of one struct of the language.
func wordsOf(t reflect.Type) mask.Properties {
	s := shapeOf(t)
	of := mask.Properties{Names: s.names(), Meant: s.meant}
	for _, p := range s.properties {
		if p.of == textType {
			of.Texts = append(of.Texts, p.name)
		}
	}
	return of
}
