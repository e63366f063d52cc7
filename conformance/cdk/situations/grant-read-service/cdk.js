import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new ServicePrincipal(…))',
  spec: '`principals: { app: { service: events.amazonaws.com } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const app = new iam.ServicePrincipal('events.amazonaws.com');
  secret.grantRead(app);
}
