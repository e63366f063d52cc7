package model

import "github.com/secretctl/secretctl/internal/source"

// Place returns where a property of the secret is written, by its name in the language; zero where
// it is not.
func (s *Secret) Place(property string) source.Span {
	switch in := &s.written.V; property {
	case "name":
		return in.Name.Span
	case "description":
		return in.Description.Span()
	case "type":
		return in.Type.Span
	case "value":
		return in.Value.Span
	case "policy":
		return in.Policy.Span
	case "attachment":
		return in.Attachment.Span
	case "rotationLambdaName":
		return in.Rotation.Hosted.RotationLambdaName.Span
	case "functionName":
		return in.Rotation.Application.FunctionName.Span()
	case "functionArn":
		return in.Rotation.Lambda.FunctionARN.Span()
	}
	return source.Span{}
}

// Place is Secret.Place for a principal: of a created role, or "existing" for what names a role,
// user or group that exists.
func (p *Principal) Place(property string) source.Span {
	switch in := &p.written.Role; property {
	case "existing":
		_, v := existing(p.written)
		return v.Span()
	case "roleName":
		return in.RoleName.Span()
	case "path":
		return in.Path.Span
	case "description":
		return in.Description.Span
	}
	return source.Span{}
}

// Place is Secret.Place for a created key.
func (k *Key) Place(property string) source.Span {
	switch in := k.written; property {
	case "alias":
		return in.Alias.Span
	case "description":
		return in.Description.Span
	}
	return source.Span{}
}

// DescriptionSpan returns where the description of the templates is written.
func (m *Model) DescriptionSpan() source.Span { return m.written.Description.Span }
