package access

import (
	"slices"

	"github.com/secretctl/secretctl/internal/cfn"
)

// eventSource is what the transform lets a function read for events of one kind.
type eventSource struct {
	// signsIn are the types of SourceAccessConfigurations whose secret is read. Of the certificate
	// of a Kafka cluster's root, and of networks, none is.
	signsIn []string
	key     bool // SecretsManagerKmsKeyId is the key of that secret
	schemas bool // the secrets of SchemaRegistryConfig are read, too
}

// eventSources are the kinds of events for which a secret is read.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-documentdb.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-mq.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-msk.html
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-selfmanagedkafka.html
// The transform's own code says what each adds to the role.
// https://github.com/aws/serverless-application-model/blob/develop/samtranslator/model/eventsources/pull.py
var eventSources = map[string]eventSource{
	"DocumentDB": {signsIn: []string{"BASIC_AUTH"}, key: true},
	"MQ":         {signsIn: []string{"BASIC_AUTH"}, key: true},
	"MSK":        {signsIn: []string{"CLIENT_CERTIFICATE_TLS_AUTH"}, schemas: true},
	"SelfManagedKafka": {
		signsIn: []string{"SASL_SCRAM_256_AUTH", "SASL_SCRAM_512_AUTH", "BASIC_AUTH",
			"CLIENT_CERTIFICATE_TLS_AUTH"},
		key: true, schemas: true,
	},
}

// events adds what the transform lets a function read for its events: the secrets with which it
// signs in, and their key.
func (s *serverless) events() {
	events, _ := s.property("Events").(cfn.Object)
	for _, m := range events {
		event, _ := m.Value.(cfn.Object)
		kind, _ := event.Get("Type").(string)
		properties, _ := event.Get("Properties").(cfn.Object)
		if from, ok := eventSources[kind]; ok {
			s.allow(from.statements(properties))
		}
	}
}

// allow adds an inline policy with statements, if there are any.
func (s *serverless) allow(statements []any) {
	if statements != nil {
		s.inline = append(s.inline, inlinePolicy(cfn.Object{
			{Key: "Version", Value: "2012-10-17"}, {Key: "Statement", Value: statements},
		}))
	}
}

// statements returns what is allowed for an event with properties.
func (from eventSource) statements(properties cfn.Object) []any {
	var statements []any
	read := func(list any, counts func(kind string) bool) {
		entries, _ := list.([]any)
		for _, e := range entries {
			entry, _ := e.(cfn.Object)
			kind, _ := entry.Get("Type").(string)
			if uri := entry.Get("URI"); uri != nil && counts(kind) {
				statements = append(statements, allow(uri, "secretsmanager:GetSecretValue"))
			}
		}
	}
	read(properties.Get("SourceAccessConfigurations"),
		func(kind string) bool { return slices.Contains(from.signsIn, kind) })
	if key, ok := properties.Get("SecretsManagerKmsKeyId").(string); ok && from.key {
		statements = append(statements, allow(regional("kms", "key/"+key, nil), "kms:Decrypt"))
	}
	if from.schemas {
		registry, _ := properties.Get("SchemaRegistryConfig").(cfn.Object)
		read(registry.Get("AccessConfigs"), func(string) bool { return true })
	}
	return statements
}

// destinations adds that a function may invoke those to which it sends what came of its events.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventinvokeconfiguration.html
func (s *serverless) destinations() {
	config, _ := s.property("EventInvokeConfig").(cfn.Object)
	destinations, _ := config.Get("DestinationConfig").(cfn.Object)
	for _, m := range destinations {
		to, _ := m.Value.(cfn.Object)
		if function := to.Get("Destination"); to.Get("Type") == "Lambda" && function != nil {
			s.allow([]any{allow(function, "lambda:InvokeFunction")})
		}
	}
}
