import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(new PrincipalWithConditions(role, …))',
  spec: '`when: { sourceVpce: … }`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(new iam.PrincipalWithConditions(app, { StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } }));
}
