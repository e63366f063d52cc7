import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new AccountPrincipal(…))',
  spec: '`principals: { app: { account: "333333333333" } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.AccountPrincipal('333333333333');
  secret.grantRead(app);
}
