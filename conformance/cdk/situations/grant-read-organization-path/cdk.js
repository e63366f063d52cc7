import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new PrincipalWithConditions(new OrganizationPrincipal(…), { aws:PrincipalOrgPaths }))',
  spec: '`principals: { app: { organizationPath: … } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.PrincipalWithConditions(new iam.OrganizationPrincipal('o-a1b2c3d4e5'), {
    'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*' },
  });
  secret.grantRead(app);
}
