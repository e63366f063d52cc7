import { ec2, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'HostedRotation.mysqlSingleUser({ vpc }), allowDefaultPortFrom(hostedRotation)',
  spec: '`hosted: { rotationType, vpc: { vpcId, subnetIds }, target: { securityGroupId, port } }`',
};

export default function (stack) {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
  });
  const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', 'sg-0a1b2c3d');
  const connections = new ec2.Connections({ securityGroups: [group], defaultPort: ec2.Port.tcp(3306) });
  const secret = new secretsmanager.Secret(stack, 'Db', {
    secretName: 'app/db',
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ engine: 'mysql', host: 'db.example.com', username: 'app' }), generateStringKey: 'password', excludeCharacters: '/@"',
    },
  });
  const hostedRotation = secretsmanager.HostedRotation.mysqlSingleUser({ vpc, excludeCharacters: '/@"' });
  secret.addRotationSchedule('Rotation', { rotateImmediatelyOnUpdate: false, hostedRotation });
  connections.allowDefaultPortFrom(hostedRotation);
}
