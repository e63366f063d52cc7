import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new OrganizationPrincipal(…))',
  spec: '`principals: { app: { organization: o-a1b2c3d4e5 } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.OrganizationPrincipal('o-a1b2c3d4e5');
  secret.grantRead(app);
}
