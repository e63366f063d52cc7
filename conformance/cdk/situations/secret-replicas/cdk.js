import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ replicaRegions: [{ region }] }, addReplicaRegion(region)',
  spec: '`replicas: [region, …]`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', replicaRegions: [{ region: 'us-east-1' }] });
  secret.addReplicaRegion('eu-central-1');
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  secret.grantRead(app);
}
