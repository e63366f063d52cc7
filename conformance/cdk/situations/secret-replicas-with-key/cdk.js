import { iam, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ encryptionKey, replicaRegions: [{ region, encryptionKey }] }',
  spec: '`replicas: [{ region, key }]`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const there = kms.Key.fromKeyArn(stack, 'There', 'arn:aws:kms:us-east-1:111111111111:key/0d0f3c4e-9d8b-4a3f-8b5c-2f1e6a7b8c9d');
  const secret = new secretsmanager.Secret(stack, 'Db', {
    secretName: 'app/db', encryptionKey: key, replicaRegions: [{ region: 'us-east-1', encryptionKey: there }],
  });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
