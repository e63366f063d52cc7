import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: 'new Secret(stack, id)',
  spec: '`secrets: { id: {} }`',
  note: 'The CDK deletes the secret with the stack, ours keeps it (`deletionPolicy`)',
};

export default function (stack) {
  new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
}
