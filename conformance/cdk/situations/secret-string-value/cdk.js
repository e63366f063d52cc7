import { cdk, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ secretStringValue: SecretValue.cfnParameter(parameter) }',
  spec: '`value: { string: !Ref Parameter }`',
  note: 'A literal value is an error here; the CDK writes it into the template without a word',
};

export default function (stack) {
  const parameter = new cdk.CfnParameter(stack, 'Token', { noEcho: true });
  new secretsmanager.Secret(stack, 'Api', { secretName: 'app/api', secretStringValue: cdk.SecretValue.cfnParameter(parameter) });
}
