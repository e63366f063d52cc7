import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Resource policies',
  call: 'addToResourcePolicy(deny, aws:SecureTransport)',
  spec: '`policy: { requireTls: true }`',
  note: 'Ours sets `BlockPublicPolicy`, which the CDK cannot',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
  secret.addToResourcePolicy(new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['secretsmanager:*'],
    resources: ['*'],
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  }));
}
