package aws

import "github.com/secretctl/secretctl/internal/lazy"

// paths are some of the properties of a type of resource.
type paths struct {
	of   string
	list []string
}

// byType returns rows by their types. The rows themselves cost nothing when the program starts.
func byType(rows []paths) map[string][]string {
	table := make(map[string][]string, len(rows))
	for _, r := range rows {
		table[r.of] = r.list
	}
	return table
}

// credentialPaths are the properties of CloudFormation resources that hold a credential, by type:
// names from the resource's Properties on, with slashes between them, and * for the elements of
// lists and mappings. They are picked by hand from the properties of the registry's schemas that
// are write-only or have a telling name. TestTableOfCredentials compares the table with the
// schemas that cfn-lint brings along.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var credentialPaths = lazy.Value(func() map[string][]string { return byType(rowsOfCredentials) })

var rowsOfCredentials = []paths{
	{"AWS::AmazonMQ::Broker", []string{
		"LdapServerMetadata/ServiceAccountPassword",
		"Users/*/Password",
	}},
	{"AWS::Amplify::App", []string{
		"AccessToken",
		"AutoBranchCreationConfig/BasicAuthConfig/Password",
		"BasicAuthConfig/Password",
		"OauthToken",
	}},
	{"AWS::Amplify::Branch", []string{"BasicAuthConfig/Password"}},
	{"AWS::AppFlow::ConnectorProfile", []string{
		"ConnectorProfileConfig/ConnectorProfileCredentials/Amplitude/ApiKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Amplitude/SecretKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/ApiKey/ApiKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/ApiKey/ApiSecretKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/Basic/Password",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/Custom/CredentialsMap",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/Oauth2/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/Oauth2/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/" +
			"Oauth2/OAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/CustomConnector/Oauth2/RefreshToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Datadog/ApiKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Datadog/ApplicationKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Dynatrace/ApiToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/GoogleAnalytics/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/GoogleAnalytics/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"GoogleAnalytics/ConnectorOAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/GoogleAnalytics/RefreshToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/InforNexus/SecretAccessKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Marketo/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Marketo/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"Marketo/ConnectorOAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Pardot/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Pardot/ConnectorOAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Pardot/RefreshToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Redshift/Password",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"SAPOData/BasicAuthCredentials/Password",
		"ConnectorProfileConfig/ConnectorProfileCredentials/SAPOData/OAuthCredentials/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"SAPOData/OAuthCredentials/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/SAPOData/" +
			"OAuthCredentials/ConnectorOAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"SAPOData/OAuthCredentials/RefreshToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Salesforce/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"Salesforce/ConnectorOAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Salesforce/JwtToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Salesforce/RefreshToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"ServiceNow/OAuth2Credentials/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"ServiceNow/OAuth2Credentials/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/ServiceNow/" +
			"OAuth2Credentials/OAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"ServiceNow/OAuth2Credentials/RefreshToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/ServiceNow/Password",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Singular/ApiKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Slack/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Slack/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Slack/ConnectorOAuthRequest/AuthCode",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Snowflake/Password",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Trendmicro/ApiSecretKey",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Veeva/Password",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Zendesk/AccessToken",
		"ConnectorProfileConfig/ConnectorProfileCredentials/Zendesk/ClientSecret",
		"ConnectorProfileConfig/ConnectorProfileCredentials/" +
			"Zendesk/ConnectorOAuthRequest/AuthCode",
	}},
	{"AWS::AppStream::DirectoryConfig", []string{
		"ServiceAccountCredentials/AccountPassword",
	}},
	{"AWS::AppSync::ApiKey", []string{"ApiKey"}},
	{"AWS::BackupGateway::Hypervisor", []string{"Password"}},
	{"AWS::BedrockAgentCore::ApiKeyCredentialProvider", []string{"ApiKey"}},
	{"AWS::BedrockAgentCore::OAuth2CredentialProvider", []string{
		"Oauth2ProviderConfigInput/AtlassianOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/CustomOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/GithubOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/GoogleOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/IncludedOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/LinkedinOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/MicrosoftOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/SalesforceOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/SlackOauth2ProviderConfig/ClientSecret",
	}},
	{"AWS::CodeBuild::SourceCredential", []string{"Token"}},
	{"AWS::CodePipeline::Webhook", []string{"AuthenticationConfiguration/SecretToken"}},
	{"AWS::CodeStar::GitHubRepository", []string{"RepositoryAccessToken"}},
	{"AWS::Cognito::UserPoolClient", []string{"ClientSecret"}},
	{"AWS::Cognito::UserPoolIdentityProvider", []string{"ProviderDetails/client_secret"}},
	{"AWS::Connect::User", []string{"Password"}},
	{"AWS::DMS::Endpoint", []string{
		"GcpMySQLSettings/Password",
		"KafkaSettings/SaslPassword",
		"KafkaSettings/SslClientKeyPassword",
		"MicrosoftSqlServerSettings/Password",
		"MongoDbSettings/Password",
		"OracleSettings/AsmPassword",
		"Password",
		"RedisSettings/AuthPassword",
	}},
	{"AWS::DataSync::Agent", []string{"ActivationKey"}},
	{"AWS::DataSync::LocationAzureBlob", []string{"AzureBlobSasConfiguration/AzureBlobSasToken"}},
	{"AWS::DataSync::LocationFSxONTAP", []string{"Protocol/SMB/Password"}},
	{"AWS::DataSync::LocationFSxWindows", []string{"Password"}},
	{"AWS::DataSync::LocationHDFS", []string{"KerberosKeytab"}},
	{"AWS::DataSync::LocationObjectStorage", []string{"SecretKey"}},
	{"AWS::DataSync::LocationSMB", []string{"KerberosKeytab", "Password"}},
	{"AWS::DataZone::Connection", []string{
		"Props/GlueProperties/GlueConnectionInput/" +
			"AuthenticationConfiguration/BasicAuthenticationCredentials/Password",
		"Props/GlueProperties/" +
			"GlueConnectionInput/AuthenticationConfiguration/CustomAuthenticationCredentials",
		"Props/GlueProperties/GlueConnectionInput/" +
			"AuthenticationConfiguration/OAuth2Properties/" +
			"AuthorizationCodeProperties/AuthorizationCode",
		"Props/GlueProperties/GlueConnectionInput/" +
			"AuthenticationConfiguration/OAuth2Properties/OAuth2Credentials/AccessToken",
		"Props/GlueProperties/GlueConnectionInput/" +
			"AuthenticationConfiguration/OAuth2Properties/OAuth2Credentials/JwtToken",
		"Props/GlueProperties/GlueConnectionInput/" +
			"AuthenticationConfiguration/OAuth2Properties/OAuth2Credentials/RefreshToken",
		"Props/GlueProperties/GlueConnectionInput/" +
			"AuthenticationConfiguration/OAuth2Properties/OAuth2Credentials/" +
			"UserManagedClientApplicationClientSecret",
		"Props/RedshiftProperties/Credentials/UsernamePassword/Password",
	}},
	{"AWS::DevOpsAgent::Service", []string{
		"ServiceDetails/Dynatrace/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
		"ServiceDetails/GitLab/TokenValue",
		"ServiceDetails/MCPServer/AuthorizationConfig/ApiKey/ApiKeyValue",
		"ServiceDetails/MCPServer/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
		"ServiceDetails/MCPServerNewRelic/AuthorizationConfig/ApiKey/ApiKey",
		"ServiceDetails/MCPServerSplunk/AuthorizationConfig/BearerToken/AuthorizationHeader",
		"ServiceDetails/MCPServerSplunk/AuthorizationConfig/BearerToken/TokenValue",
		"ServiceDetails/PagerDuty/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
		"ServiceDetails/ServiceNow/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
	}},
	{"AWS::DirectConnect::PrivateVirtualInterface", []string{"BgpPeers/*/AuthKey"}},
	{"AWS::DirectConnect::PublicVirtualInterface", []string{"BgpPeers/*/AuthKey"}},
	{"AWS::DirectConnect::TransitVirtualInterface", []string{"BgpPeers/*/AuthKey"}},
	{"AWS::DirectoryService::MicrosoftAD", []string{"Password"}},
	{"AWS::DirectoryService::SimpleAD", []string{"Password"}},
	{"AWS::DocDB::DBCluster", []string{"MasterUserPassword"}},
	{"AWS::DocDBElastic::Cluster", []string{"AdminUserPassword"}},
	{"AWS::EC2::VPNConnection", []string{
		"VpnTunnelOptionsSpecifications/*/PreSharedKey",
	}},
	{"AWS::EC2::VerifiedAccessTrustProvider", []string{
		"NativeApplicationOidcOptions/ClientSecret",
		"OidcOptions/ClientSecret",
	}},
	{"AWS::EMR::Cluster", []string{
		"KerberosAttributes/ADDomainJoinPassword",
		"KerberosAttributes/CrossRealmTrustPrincipalPassword",
		"KerberosAttributes/KdcAdminPassword",
	}},
	{"AWS::ElastiCache::ReplicationGroup", []string{"AuthToken"}},
	{"AWS::ElastiCache::User", []string{"AuthenticationMode/Passwords", "Passwords"}},
	{"AWS::ElasticLoadBalancingV2::Listener", []string{
		"DefaultActions/*/AuthenticateOidcConfig/ClientSecret",
	}},
	{"AWS::ElasticLoadBalancingV2::ListenerRule", []string{
		"Actions/*/AuthenticateOidcConfig/ClientSecret",
	}},
	{"AWS::Elasticsearch::Domain", []string{
		"AdvancedSecurityOptions/MasterUserOptions/MasterUserPassword",
	}},
	{"AWS::Events::Connection", []string{
		"AuthParameters/ApiKeyAuthParameters/ApiKeyValue",
		"AuthParameters/BasicAuthParameters/Password",
		"AuthParameters/OAuthParameters/ClientParameters/ClientSecret",
	}},
	{"AWS::FSx::FileSystem", []string{
		"OntapConfiguration/FsxAdminPassword",
		"WindowsConfiguration/SelfManagedActiveDirectoryConfiguration/Password",
	}},
	{"AWS::FSx::StorageVirtualMachine", []string{
		"ActiveDirectoryConfiguration/SelfManagedActiveDirectoryConfiguration/Password",
		"SvmAdminPassword",
	}},
	{"AWS::Glue::Connection", []string{
		"ConnectionInput/AuthenticationConfiguration/BasicAuthenticationCredentials/Password",
		"ConnectionInput/AuthenticationConfiguration/CustomAuthenticationCredentials",
		"ConnectionInput/AuthenticationConfiguration/" +
			"OAuth2Properties/AuthorizationCodeProperties/AuthorizationCode",
		"ConnectionInput/AuthenticationConfiguration/" +
			"OAuth2Properties/OAuth2Credentials/AccessToken",
		"ConnectionInput/AuthenticationConfiguration/OAuth2Properties/OAuth2Credentials/JwtToken",
		"ConnectionInput/AuthenticationConfiguration/" +
			"OAuth2Properties/OAuth2Credentials/RefreshToken",
		"ConnectionInput/AuthenticationConfiguration/" +
			"OAuth2Properties/OAuth2Credentials/UserManagedClientApplicationClientSecret",
	}},
	{"AWS::IAM::AccessKey", []string{"SecretAccessKey"}},
	{"AWS::IAM::SAMLProvider", []string{"AddPrivateKey"}},
	{"AWS::IAM::ServerCertificate", []string{"PrivateKey"}},
	{"AWS::IAM::User", []string{"LoginProfile/Password"}},
	{"AWS::IVS::IngestConfiguration", []string{"StreamKey"}},
	{"AWS::InspectorV2::CodeSecurityIntegration", []string{
		"CreateIntegrationDetails/gitlabSelfManaged/accessToken",
		"UpdateIntegrationDetails/gitlabSelfManaged/authCode",
	}},
	{"AWS::Interconnect::Connection", []string{"ActivationKey"}},
	{"AWS::IoTManagedIntegrations::ManagedThing", []string{"AuthenticationMaterial"}},
	{"AWS::IoTWireless::PartnerAccount", []string{
		"Sidewalk/AppServerPrivateKey",
		"SidewalkUpdate/AppServerPrivateKey",
	}},
	{"AWS::IoTWireless::WirelessDevice", []string{
		"LoRaWAN/AbpV10x/SessionKeys/AppSKey",
		"LoRaWAN/AbpV10x/SessionKeys/NwkSKey",
		"LoRaWAN/AbpV11/SessionKeys/AppSKey",
		"LoRaWAN/AbpV11/SessionKeys/FNwkSIntKey",
		"LoRaWAN/AbpV11/SessionKeys/NwkSEncKey",
		"LoRaWAN/AbpV11/SessionKeys/SNwkSIntKey",
		"LoRaWAN/OtaaV10x/AppKey",
		"LoRaWAN/OtaaV11/AppKey",
		"LoRaWAN/OtaaV11/NwkKey",
	}},
	{"AWS::KinesisFirehose::DeliveryStream", []string{
		"HttpEndpointDestinationConfiguration/EndpointConfiguration/AccessKey",
		"RedshiftDestinationConfiguration/Password",
		"SnowflakeDestinationConfiguration/KeyPassphrase",
		"SnowflakeDestinationConfiguration/PrivateKey",
		"SplunkDestinationConfiguration/HECToken",
	}},
	{"AWS::Lightsail::Database", []string{"MasterUserPassword"}},
	{"AWS::ManagedBlockchain::Member", []string{
		"MemberConfiguration/MemberFrameworkConfiguration/MemberFabricConfiguration/AdminPassword",
	}},
	{"AWS::MediaLive::Channel", []string{
		"EncoderSettings/OutputGroups/*/OutputGroupSettings/" +
			"HlsGroupSettings/HlsCdnSettings/HlsAkamaiSettings/Token",
		"EncoderSettings/OutputGroups/*/OutputGroupSettings/" +
			"HlsGroupSettings/KeyProviderSettings/StaticKeySettings/StaticKeyValue",
	}},
	{"AWS::MediaPackage::Channel", []string{"HlsIngest/ingestEndpoints/*/Password"}},
	{"AWS::MemoryDB::User", []string{"AuthenticationMode/Passwords"}},
	{"AWS::OpenSearchService::Domain", []string{
		"AdvancedSecurityOptions/MasterUserOptions/MasterUserPassword",
	}},
	{"AWS::OpsWorks::App", []string{
		"AppSource/Password",
		"AppSource/SshKey",
		"SslConfiguration/PrivateKey",
	}},
	{"AWS::OpsWorks::Stack", []string{
		"CustomCookbooksSource/Password",
		"CustomCookbooksSource/SshKey",
		"RdsDbInstances/*/DbPassword",
	}},
	{"AWS::Pinpoint::ADMChannel", []string{"ClientSecret"}},
	{"AWS::Pinpoint::APNSChannel", []string{"PrivateKey", "TokenKey"}},
	{"AWS::Pinpoint::APNSSandboxChannel", []string{"PrivateKey", "TokenKey"}},
	{"AWS::Pinpoint::APNSVoipChannel", []string{"PrivateKey", "TokenKey"}},
	{"AWS::Pinpoint::APNSVoipSandboxChannel", []string{"PrivateKey", "TokenKey"}},
	{"AWS::Pinpoint::BaiduChannel", []string{"ApiKey", "SecretKey"}},
	{"AWS::Pinpoint::GCMChannel", []string{"ApiKey"}},
	{"AWS::QuickSight::ActionConnector", []string{
		"AuthenticationConfig/AuthenticationMetadata/ApiKeyConnectionMetadata/ApiKey",
		"AuthenticationConfig/AuthenticationMetadata/AuthorizationCodeGrantMetadata/" +
			"AuthorizationCodeGrantCredentialsDetails/AuthorizationCodeGrantDetails/ClientSecret",
		"AuthenticationConfig/AuthenticationMetadata/BasicAuthConnectionMetadata/Password",
		"AuthenticationConfig/AuthenticationMetadata/ClientCredentialsGrantMetadata/" +
			"ClientCredentialsDetails/ClientCredentialsGrantDetails/ClientSecret",
	}},
	{"AWS::QuickSight::DataSource", []string{
		"Credentials/CredentialPair/Password",
		"Credentials/KeyPairCredentials/PrivateKey",
		"Credentials/KeyPairCredentials/PrivateKeyPassphrase",
	}},
	{"AWS::RDS::DBCluster", []string{"MasterUserPassword"}},
	{"AWS::RDS::DBInstance", []string{"MasterUserPassword", "TdeCredentialPassword"}},
	{"AWS::Redshift::Cluster", []string{"MasterUserPassword"}},
	{"AWS::RedshiftServerless::Namespace", []string{"AdminUserPassword"}},
	{"AWS::SES::EmailIdentity", []string{"DkimSigningAttributes/DomainSigningPrivateKey"}},
	{"AWS::SES::MailManagerIngressPoint", []string{"IngressPointConfiguration/SmtpPassword"}},
	{"AWS::SecretsManager::Secret", []string{
		"GenerateSecretString/SecretStringTemplate",
		"SecretString",
	}},
	{"AWS::SecurityLake::SubscriberNotification", []string{
		"NotificationConfiguration/HttpsNotificationConfiguration/AuthorizationApiKeyValue",
	}},
	{"AWS::Timestream::InfluxDBCluster", []string{"Password"}},
	{"AWS::Timestream::InfluxDBInstance", []string{"Password"}},
	{"AWS::Transfer::Certificate", []string{"PrivateKey"}},
	{"Alexa::ASK::Skill", []string{
		"AuthenticationConfiguration/ClientSecret",
		"AuthenticationConfiguration/RefreshToken",
	}},
}

// besideCredentials are properties beside those of the table whose names differ by some letters.
// TestTableOfCredentials compares them with the schemas.
var besideCredentials = []string{
	"ApiKeyId", "AuthorizationApiKeyName", "MySqlSettings", "Oauth2ProviderConfigOutput",
	"SrtGroupSettings", "TokenKeyId", "UdpGroupSettings",
}

// wordsForSecretString are what people write for SecretString in a secret, which has no such
// properties.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
var wordsForSecretString = []string{
	"Data", "Plaintext", "SecretBinary", "StringData", "String", "Text", "Value",
}

// speaksOfCredentials are properties that are named like credentials and hold none: ARNs and
// names of secrets, files on the host, keys of KMS, settings of tokens and texts that are public.
var speaksOfCredentials = lazy.Value(func() map[string][]string { return byType(rowsThatSpeak) })

var rowsThatSpeak = []paths{
	{"AWS::ApiGateway::Authorizer", []string{"AuthorizerCredentials"}},
	{"AWS::ApiGateway::Method", []string{"Integration/Credentials"}},
	{"AWS::AppMesh::VirtualGateway", []string{
		"Spec/BackendDefaults/ClientPolicy/TLS/Certificate/File/PrivateKey",
		"Spec/Listeners/*/TLS/Certificate/File/PrivateKey",
	}},
	{"AWS::AppMesh::VirtualNode", []string{
		"Spec/BackendDefaults/ClientPolicy/TLS/Certificate/File/PrivateKey",
		"Spec/Backends/*/VirtualService/ClientPolicy/TLS/Certificate/File/PrivateKey",
		"Spec/Listeners/*/TLS/Certificate/File/PrivateKey",
	}},
	{"AWS::CodeArtifact::Domain", []string{"EncryptionKey"}},
	{"AWS::CodeBuild::Project", []string{
		"EncryptionKey",
		"Environment/RegistryCredential/Credential",
	}},
	{"AWS::CodeBuild::ReportGroup", []string{"ExportConfig/S3Destination/EncryptionKey"}},
	{"AWS::Cognito::UserPoolClient", []string{
		"TokenValidityUnits/AccessToken",
		"TokenValidityUnits/IdToken",
		"TokenValidityUnits/RefreshToken",
	}},
	{"AWS::CustomerProfiles::Domain", []string{"DefaultEncryptionKey"}},
	{"AWS::CustomerProfiles::DomainObjectType", []string{"EncryptionKey"}},
	{"AWS::CustomerProfiles::ObjectType", []string{"EncryptionKey"}},
	{"AWS::DataSync::LocationObjectStorage", []string{"AccessKey"}},
	{"AWS::EC2::SqlHaStandbyDetectedInstance", []string{"SqlServerCredentials"}},
	{"AWS::FSx::FileSystem", []string{
		"WindowsConfiguration/" +
			"SelfManagedActiveDirectoryConfiguration/DomainJoinServiceAccountSecret",
	}},
	{"AWS::FSx::StorageVirtualMachine", []string{
		"ActiveDirectoryConfiguration/" +
			"SelfManagedActiveDirectoryConfiguration/DomainJoinServiceAccountSecret",
	}},
	{"AWS::IAM::SAMLProvider", []string{"RemovePrivateKey"}},
	{"AWS::Kendra::DataSource", []string{
		"DataSourceConfiguration/WebCrawlerConfiguration/AuthenticationConfiguration/" +
			"BasicAuthentication/*/Credentials",
		"DataSourceConfiguration/WebCrawlerConfiguration/ProxyConfiguration/Credentials",
	}},
	{"AWS::Lambda::Permission", []string{"EventSourceToken"}},
	{"AWS::ManagedBlockchain::Accessor", []string{"BillingToken"}},
	{"AWS::MediaPackage::OriginEndpoint", []string{"Authorization/CdnIdentifierSecret"}},
	{"AWS::MediaPackage::PackagingGroup", []string{"Authorization/CdnIdentifierSecret"}},
	{"AWS::Proton::EnvironmentTemplate", []string{"EncryptionKey"}},
	{"AWS::Proton::ServiceTemplate", []string{"EncryptionKey"}},
	{"AWS::SES::EmailIdentity", []string{
		"DkimDNSTokenValue1",
		"DkimDNSTokenValue2",
		"DkimDNSTokenValue3",
	}},
	{"AWS::SecurityAgent::TargetDomain", []string{
		"VerificationDetails/DnsTxt/Token",
		"VerificationDetails/HttpRoute/Token",
	}},
	{"AWS::WorkSpaces::Workspace", []string{"VolumeEncryptionKey"}},
}
