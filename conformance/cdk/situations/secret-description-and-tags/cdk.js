import { cdk, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ description, secretName }, Tags.of(secret).add(…)',
  spec: '`description`, `name`, `tags`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', description: 'Password of the database' });
  cdk.Tags.of(secret).add('team', 'payments');
}
