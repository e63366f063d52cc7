import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Imports',
  call: 'Secret.fromSecretAttributes({ secretCompleteArn })',
  spec: '`import: { arn }`',
};

export default function (stack) {
  const secret = secretsmanager.Secret.fromSecretAttributes(stack, 'Db', { secretCompleteArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy/db-f3gDy9' });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
