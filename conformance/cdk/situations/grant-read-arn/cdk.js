import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new ArnPrincipal(…))',
  spec: '`principals: { app: { existingRole: arn } }`',
  note: 'The CDK writes the ARN into both policies, which KMS and Secrets Manager refuse while the role does not exist',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.ArnPrincipal('arn:aws:iam::111111111111:role/app');
  secret.grantRead(app);
}
