import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(role, [\'AWSCURRENT\'])',
  spec: '`versionStages: AWSCURRENT`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app, ['AWSCURRENT']);
}
