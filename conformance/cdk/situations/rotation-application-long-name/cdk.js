import { ec2, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'new SecretRotation(stack, a long id, …)',
  spec: '`rotation: { application: … }` of a secret with a long id',
  note: "Of a function's name that is too long for Lambda, the CDK takes the last 64 characters; ours takes the first and a hash of all",
};

export default function (stack) {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
  });
  const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', 'sg-0a1b2c3d');
  const target = { connections: new ec2.Connections({ securityGroups: [group], defaultPort: ec2.Port.tcp(3306) }) };
  const secret = new secretsmanager.Secret(stack, 'Db', {
    secretName: 'app/db',
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ engine: 'mysql', host: 'db.example.com', username: 'app' }), generateStringKey: 'password', excludeCharacters: '/@"',
    },
  });
  new secretsmanager.SecretRotation(stack, 'RotationOfTheDatabaseOfTheWarehouseInEuropeAndOverseas', {
    application: secretsmanager.SecretRotationApplication.MYSQL_ROTATION_SINGLE_USER, secret, target, vpc, excludeCharacters: '/@"', rotateImmediatelyOnUpdate: false,
  });
}
