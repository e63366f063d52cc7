package aws

// credentialPaths are the properties of CloudFormation resources that hold a credential, by type:
// names from the resource's Properties on, with slashes between them, and * for the elements of
// lists and mappings. They are picked by hand from the properties of the registry's schemas that
// are write-only or have a telling name. TestTableOfCredentials compares the table with the
// schemas that cfn-lint brings along.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var credentialPaths = map[string][]string{
	"AWS::AmazonMQ::Broker": {"LdapServerMetadata/ServiceAccountPassword", "Users/*/Password"},
	"AWS::Amplify::App": {
		"AccessToken",
		"AutoBranchCreationConfig/BasicAuthConfig/Password",
		"BasicAuthConfig/Password",
		"OauthToken",
	},
	"AWS::Amplify::Branch": {"BasicAuthConfig/Password"},
	"AWS::AppFlow::ConnectorProfile": {
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
	},
	"AWS::AppStream::DirectoryConfig": {
		"ServiceAccountCredentials/AccountPassword",
	},
	"AWS::AppSync::ApiKey":                            {"ApiKey"},
	"AWS::BackupGateway::Hypervisor":                  {"Password"},
	"AWS::BedrockAgentCore::ApiKeyCredentialProvider": {"ApiKey"},
	"AWS::BedrockAgentCore::OAuth2CredentialProvider": {
		"Oauth2ProviderConfigInput/AtlassianOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/CustomOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/GithubOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/GoogleOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/IncludedOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/LinkedinOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/MicrosoftOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/SalesforceOauth2ProviderConfig/ClientSecret",
		"Oauth2ProviderConfigInput/SlackOauth2ProviderConfig/ClientSecret",
	},
	"AWS::CodeBuild::SourceCredential":       {"Token"},
	"AWS::CodePipeline::Webhook":             {"AuthenticationConfiguration/SecretToken"},
	"AWS::CodeStar::GitHubRepository":        {"RepositoryAccessToken"},
	"AWS::Cognito::UserPoolClient":           {"ClientSecret"},
	"AWS::Cognito::UserPoolIdentityProvider": {"ProviderDetails/client_secret"},
	"AWS::Connect::User":                     {"Password"},
	"AWS::DMS::Endpoint": {
		"GcpMySQLSettings/Password",
		"KafkaSettings/SaslPassword",
		"KafkaSettings/SslClientKeyPassword",
		"MicrosoftSqlServerSettings/Password",
		"MongoDbSettings/Password",
		"OracleSettings/AsmPassword",
		"Password",
		"RedisSettings/AuthPassword",
	},
	"AWS::DataSync::Agent":                 {"ActivationKey"},
	"AWS::DataSync::LocationAzureBlob":     {"AzureBlobSasConfiguration/AzureBlobSasToken"},
	"AWS::DataSync::LocationFSxONTAP":      {"Protocol/SMB/Password"},
	"AWS::DataSync::LocationFSxWindows":    {"Password"},
	"AWS::DataSync::LocationHDFS":          {"KerberosKeytab"},
	"AWS::DataSync::LocationObjectStorage": {"SecretKey"},
	"AWS::DataSync::LocationSMB":           {"KerberosKeytab", "Password"},
	"AWS::DataZone::Connection": {
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
	},
	"AWS::DevOpsAgent::Service": {
		"ServiceDetails/Dynatrace/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
		"ServiceDetails/GitLab/TokenValue",
		"ServiceDetails/MCPServer/AuthorizationConfig/ApiKey/ApiKeyValue",
		"ServiceDetails/MCPServer/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
		"ServiceDetails/MCPServerNewRelic/AuthorizationConfig/ApiKey/ApiKey",
		"ServiceDetails/MCPServerSplunk/AuthorizationConfig/BearerToken/AuthorizationHeader",
		"ServiceDetails/MCPServerSplunk/AuthorizationConfig/BearerToken/TokenValue",
		"ServiceDetails/PagerDuty/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
		"ServiceDetails/ServiceNow/AuthorizationConfig/OAuthClientCredentials/ClientSecret",
	},
	"AWS::DirectConnect::PrivateVirtualInterface": {"BgpPeers/*/AuthKey"},
	"AWS::DirectConnect::PublicVirtualInterface":  {"BgpPeers/*/AuthKey"},
	"AWS::DirectConnect::TransitVirtualInterface": {"BgpPeers/*/AuthKey"},
	"AWS::DirectoryService::MicrosoftAD":          {"Password"},
	"AWS::DirectoryService::SimpleAD":             {"Password"},
	"AWS::DocDB::DBCluster":                       {"MasterUserPassword"},
	"AWS::DocDBElastic::Cluster":                  {"AdminUserPassword"},
	"AWS::EC2::VPNConnection": {
		"VpnTunnelOptionsSpecifications/*/PreSharedKey",
	},
	"AWS::EC2::VerifiedAccessTrustProvider": {
		"NativeApplicationOidcOptions/ClientSecret",
		"OidcOptions/ClientSecret",
	},
	"AWS::EMR::Cluster": {
		"KerberosAttributes/ADDomainJoinPassword",
		"KerberosAttributes/CrossRealmTrustPrincipalPassword",
		"KerberosAttributes/KdcAdminPassword",
	},
	"AWS::ElastiCache::ReplicationGroup": {"AuthToken"},
	"AWS::ElastiCache::User":             {"AuthenticationMode/Passwords", "Passwords"},
	"AWS::ElasticLoadBalancingV2::Listener": {
		"DefaultActions/*/AuthenticateOidcConfig/ClientSecret",
	},
	"AWS::ElasticLoadBalancingV2::ListenerRule": {"Actions/*/AuthenticateOidcConfig/ClientSecret"},
	"AWS::Elasticsearch::Domain": {
		"AdvancedSecurityOptions/MasterUserOptions/MasterUserPassword",
	},
	"AWS::Events::Connection": {
		"AuthParameters/ApiKeyAuthParameters/ApiKeyValue",
		"AuthParameters/BasicAuthParameters/Password",
		"AuthParameters/OAuthParameters/ClientParameters/ClientSecret",
	},
	"AWS::FSx::FileSystem": {
		"OntapConfiguration/FsxAdminPassword",
		"WindowsConfiguration/SelfManagedActiveDirectoryConfiguration/Password",
	},
	"AWS::FSx::StorageVirtualMachine": {
		"ActiveDirectoryConfiguration/SelfManagedActiveDirectoryConfiguration/Password",
		"SvmAdminPassword",
	},
	"AWS::Glue::Connection": {
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
	},
	"AWS::IAM::AccessKey":           {"SecretAccessKey"},
	"AWS::IAM::SAMLProvider":        {"AddPrivateKey"},
	"AWS::IAM::ServerCertificate":   {"PrivateKey"},
	"AWS::IAM::User":                {"LoginProfile/Password"},
	"AWS::IVS::IngestConfiguration": {"StreamKey"},
	"AWS::InspectorV2::CodeSecurityIntegration": {
		"CreateIntegrationDetails/gitlabSelfManaged/accessToken",
		"UpdateIntegrationDetails/gitlabSelfManaged/authCode",
	},
	"AWS::Interconnect::Connection":             {"ActivationKey"},
	"AWS::IoTManagedIntegrations::ManagedThing": {"AuthenticationMaterial"},
	"AWS::IoTWireless::PartnerAccount": {
		"Sidewalk/AppServerPrivateKey",
		"SidewalkUpdate/AppServerPrivateKey",
	},
	"AWS::IoTWireless::WirelessDevice": {
		"LoRaWAN/AbpV10x/SessionKeys/AppSKey",
		"LoRaWAN/AbpV10x/SessionKeys/NwkSKey",
		"LoRaWAN/AbpV11/SessionKeys/AppSKey",
		"LoRaWAN/AbpV11/SessionKeys/FNwkSIntKey",
		"LoRaWAN/AbpV11/SessionKeys/NwkSEncKey",
		"LoRaWAN/AbpV11/SessionKeys/SNwkSIntKey",
		"LoRaWAN/OtaaV10x/AppKey",
		"LoRaWAN/OtaaV11/AppKey",
		"LoRaWAN/OtaaV11/NwkKey",
	},
	"AWS::KinesisFirehose::DeliveryStream": {
		"HttpEndpointDestinationConfiguration/EndpointConfiguration/AccessKey",
		"RedshiftDestinationConfiguration/Password",
		"SnowflakeDestinationConfiguration/KeyPassphrase",
		"SnowflakeDestinationConfiguration/PrivateKey",
		"SplunkDestinationConfiguration/HECToken",
	},
	"AWS::Lightsail::Database": {"MasterUserPassword"},
	"AWS::ManagedBlockchain::Member": {
		"MemberConfiguration/MemberFrameworkConfiguration/MemberFabricConfiguration/AdminPassword",
	},
	"AWS::MediaLive::Channel": {
		"EncoderSettings/OutputGroups/*/OutputGroupSettings/" +
			"HlsGroupSettings/HlsCdnSettings/HlsAkamaiSettings/Token",
		"EncoderSettings/OutputGroups/*/OutputGroupSettings/" +
			"HlsGroupSettings/KeyProviderSettings/StaticKeySettings/StaticKeyValue",
	},
	"AWS::MediaPackage::Channel": {"HlsIngest/ingestEndpoints/*/Password"},
	"AWS::MemoryDB::User":        {"AuthenticationMode/Passwords"},
	"AWS::OpenSearchService::Domain": {
		"AdvancedSecurityOptions/MasterUserOptions/MasterUserPassword",
	},
	"AWS::OpsWorks::App": {
		"AppSource/Password",
		"AppSource/SshKey",
		"SslConfiguration/PrivateKey",
	},
	"AWS::OpsWorks::Stack": {
		"CustomCookbooksSource/Password",
		"CustomCookbooksSource/SshKey",
		"RdsDbInstances/*/DbPassword",
	},
	"AWS::Pinpoint::ADMChannel":             {"ClientSecret"},
	"AWS::Pinpoint::APNSChannel":            {"PrivateKey", "TokenKey"},
	"AWS::Pinpoint::APNSSandboxChannel":     {"PrivateKey", "TokenKey"},
	"AWS::Pinpoint::APNSVoipChannel":        {"PrivateKey", "TokenKey"},
	"AWS::Pinpoint::APNSVoipSandboxChannel": {"PrivateKey", "TokenKey"},
	"AWS::Pinpoint::BaiduChannel":           {"ApiKey", "SecretKey"},
	"AWS::Pinpoint::GCMChannel":             {"ApiKey"},
	"AWS::QuickSight::ActionConnector": {
		"AuthenticationConfig/AuthenticationMetadata/ApiKeyConnectionMetadata/ApiKey",
		"AuthenticationConfig/AuthenticationMetadata/AuthorizationCodeGrantMetadata/" +
			"AuthorizationCodeGrantCredentialsDetails/AuthorizationCodeGrantDetails/ClientSecret",
		"AuthenticationConfig/AuthenticationMetadata/BasicAuthConnectionMetadata/Password",
		"AuthenticationConfig/AuthenticationMetadata/ClientCredentialsGrantMetadata/" +
			"ClientCredentialsDetails/ClientCredentialsGrantDetails/ClientSecret",
	},
	"AWS::QuickSight::DataSource": {
		"Credentials/CredentialPair/Password",
		"Credentials/KeyPairCredentials/PrivateKey",
		"Credentials/KeyPairCredentials/PrivateKeyPassphrase",
	},
	"AWS::RDS::DBCluster":                {"MasterUserPassword"},
	"AWS::RDS::DBInstance":               {"MasterUserPassword", "TdeCredentialPassword"},
	"AWS::Redshift::Cluster":             {"MasterUserPassword"},
	"AWS::RedshiftServerless::Namespace": {"AdminUserPassword"},
	"AWS::SES::EmailIdentity":            {"DkimSigningAttributes/DomainSigningPrivateKey"},
	"AWS::SES::MailManagerIngressPoint":  {"IngressPointConfiguration/SmtpPassword"},
	"AWS::SecretsManager::Secret": {
		"GenerateSecretString/SecretStringTemplate",
		"SecretString",
	},
	"AWS::SecurityLake::SubscriberNotification": {
		"NotificationConfiguration/HttpsNotificationConfiguration/AuthorizationApiKeyValue",
	},
	"AWS::Timestream::InfluxDBCluster":  {"Password"},
	"AWS::Timestream::InfluxDBInstance": {"Password"},
	"AWS::Transfer::Certificate":        {"PrivateKey"},
	"Alexa::ASK::Skill": {
		"AuthenticationConfiguration/ClientSecret",
		"AuthenticationConfiguration/RefreshToken",
	},
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
var speaksOfCredentials = map[string][]string{
	"AWS::ApiGateway::Authorizer": {"AuthorizerCredentials"},
	"AWS::ApiGateway::Method":     {"Integration/Credentials"},
	"AWS::AppMesh::VirtualGateway": {
		"Spec/BackendDefaults/ClientPolicy/TLS/Certificate/File/PrivateKey",
		"Spec/Listeners/*/TLS/Certificate/File/PrivateKey",
	},
	"AWS::AppMesh::VirtualNode": {
		"Spec/BackendDefaults/ClientPolicy/TLS/Certificate/File/PrivateKey",
		"Spec/Backends/*/VirtualService/ClientPolicy/TLS/Certificate/File/PrivateKey",
		"Spec/Listeners/*/TLS/Certificate/File/PrivateKey",
	},
	"AWS::CodeArtifact::Domain":   {"EncryptionKey"},
	"AWS::CodeBuild::Project":     {"EncryptionKey", "Environment/RegistryCredential/Credential"},
	"AWS::CodeBuild::ReportGroup": {"ExportConfig/S3Destination/EncryptionKey"},
	"AWS::Cognito::UserPoolClient": {
		"TokenValidityUnits/AccessToken",
		"TokenValidityUnits/IdToken",
		"TokenValidityUnits/RefreshToken",
	},
	"AWS::CustomerProfiles::Domain":           {"DefaultEncryptionKey"},
	"AWS::CustomerProfiles::DomainObjectType": {"EncryptionKey"},
	"AWS::CustomerProfiles::ObjectType":       {"EncryptionKey"},
	"AWS::DataSync::LocationObjectStorage":    {"AccessKey"},
	"AWS::EC2::SqlHaStandbyDetectedInstance":  {"SqlServerCredentials"},
	"AWS::FSx::FileSystem": {
		"WindowsConfiguration/" +
			"SelfManagedActiveDirectoryConfiguration/DomainJoinServiceAccountSecret",
	},
	"AWS::FSx::StorageVirtualMachine": {
		"ActiveDirectoryConfiguration/" +
			"SelfManagedActiveDirectoryConfiguration/DomainJoinServiceAccountSecret",
	},
	"AWS::IAM::SAMLProvider": {"RemovePrivateKey"},
	"AWS::Kendra::DataSource": {
		"DataSourceConfiguration/WebCrawlerConfiguration/AuthenticationConfiguration/" +
			"BasicAuthentication/*/Credentials",
		"DataSourceConfiguration/WebCrawlerConfiguration/ProxyConfiguration/Credentials",
	},
	"AWS::Lambda::Permission":           {"EventSourceToken"},
	"AWS::ManagedBlockchain::Accessor":  {"BillingToken"},
	"AWS::MediaPackage::OriginEndpoint": {"Authorization/CdnIdentifierSecret"},
	"AWS::MediaPackage::PackagingGroup": {"Authorization/CdnIdentifierSecret"},
	"AWS::Proton::EnvironmentTemplate":  {"EncryptionKey"},
	"AWS::Proton::ServiceTemplate":      {"EncryptionKey"},
	"AWS::SES::EmailIdentity": {
		"DkimDNSTokenValue1",
		"DkimDNSTokenValue2",
		"DkimDNSTokenValue3",
	},
	"AWS::SecurityAgent::TargetDomain": {
		"VerificationDetails/DnsTxt/Token",
		"VerificationDetails/HttpRoute/Token",
	},
	"AWS::WorkSpaces::Workspace": {"VolumeEncryptionKey"},
}
