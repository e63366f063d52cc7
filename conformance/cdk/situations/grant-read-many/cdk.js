import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(role) on two secrets of one key',
  spec: '`secrets: [a, b]`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const first = new secretsmanager.Secret(stack, 'First', { secretName: 'app/first', encryptionKey: key });
  new secretsmanager.Secret(stack, 'Second', { secretName: 'app/second', encryptionKey: key });
  const third = new secretsmanager.Secret(stack, 'Third', { secretName: 'app/third', encryptionKey: key });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  first.grantRead(app);
  third.grantRead(app);
}
