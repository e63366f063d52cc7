import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Imports',
  call: 'Secret.fromSecretNameV2(…)',
  spec: '`import: { name }`',
};

export default function (stack) {
  const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Db', 'legacy/db');
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
