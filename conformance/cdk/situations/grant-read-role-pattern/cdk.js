import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new PrincipalWithConditions(new AnyPrincipal(), { ArnLike: aws:PrincipalArn }))',
  spec: '`principals: { app: { rolePattern: … } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.PrincipalWithConditions(new iam.AnyPrincipal(), {
    ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Admin_????????????????' },
  });
  secret.grantRead(app);
}
