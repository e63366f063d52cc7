"""moto_server, with what CloudFormation makes of our templates and moto does not.

moto keeps AWS's services in memory: https://docs.getmoto.org/. Its CloudFormation leaves out
secrets and their policies, and fails on a key that has tags. Run it as moto_server:
python3 aws_in_memory.py -p PORT. The exit code is 77 where moto is not installed.
"""

import json
import sys

try:
    from moto import server
    from moto.core.common_models import CloudFormationModel
    from moto.kms.models import Key
    from moto.secretsmanager.models import secretsmanager_backends
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)


class Made(CloudFormationModel):
    """A resource that Ref knows by an identifier. moto asks every model which service it is of."""

    __module__ = "moto.secretsmanager.models"

    def __init__(self, identifier):
        self.physical_resource_id = identifier

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr == "Id"

    def get_cfn_attribute(self, attribute_name):
        return self.physical_resource_id


def generated(backend, options):
    """The value that GenerateSecretString asks for."""
    password = backend.get_random_password(
        password_length=options.get("PasswordLength", 32),
        exclude_characters=options.get("ExcludeCharacters", ""),
        exclude_numbers=options.get("ExcludeNumbers", False),
        exclude_punctuation=options.get("ExcludePunctuation", False),
        exclude_uppercase=options.get("ExcludeUppercase", False),
        exclude_lowercase=options.get("ExcludeLowercase", False),
        include_space=options.get("IncludeSpace", False),
        require_each_included_type=options.get("RequireEachIncludedType", True),
    )
    password = json.loads(password)["RandomPassword"]
    if "GenerateStringKey" not in options:
        return password
    value = json.loads(options["SecretStringTemplate"])
    value[options["GenerateStringKey"]] = password
    return json.dumps(value)


class Secret(Made, CloudFormationModel):
    __module__ = Made.__module__

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::Secret"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
    ):
        backend = secretsmanager_backends[account_id][region_name]
        properties = cloudformation_json["Properties"]
        value = properties.get("SecretString")
        if "GenerateSecretString" in properties:
            value = generated(backend, properties["GenerateSecretString"])
        answer = backend.create_secret(
            name=resource_name,
            secret_string=value,
            secret_binary=None,
            description=properties.get("Description"),
            tags=properties.get("Tags"),
            kms_key_id=properties.get("KmsKeyId"),
            client_request_token=None,
            replica_regions=properties.get("ReplicaRegions", []),
            force_overwrite=False,
        )
        return cls(json.loads(answer)["ARN"])


class ResourcePolicy(Made, CloudFormationModel):
    __module__ = Made.__module__

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::ResourcePolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name, cloudformation_json, account_id, region_name, **kwargs
    ):
        properties = cloudformation_json["Properties"]
        secretsmanager_backends[account_id][region_name].put_resource_policy(
            properties["SecretId"], json.dumps(properties["ResourcePolicy"])
        )
        return cls(properties["SecretId"])


make_key = Key.create_from_cloudformation_json.__func__


def make_tagged_key(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
    """What moto does, with the tags as its service for keys expects them."""
    properties = dict(cloudformation_json["Properties"])
    properties["Tags"] = [
        {"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])
    ]
    return make_key(cls, resource_name, {"Properties": properties}, account_id, region_name)


Key.create_from_cloudformation_json = classmethod(make_tagged_key)

if __name__ == "__main__":
    server.main()
