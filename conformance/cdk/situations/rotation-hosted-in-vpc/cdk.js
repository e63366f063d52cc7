import { ec2, kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'HostedRotation.postgreSqlSingleUser({ functionName, excludeCharacters, vpc, securityGroups })',
  spec: '`hosted: { rotationType, rotationLambdaName, excludeCharacters, vpc }`',
};

export default function (stack) {
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d', availabilityZones: ['eu-west-1a', 'eu-west-1b'], privateSubnetIds: ['subnet-0a1b2c3d', 'subnet-1a2b3c4d'],
  });
  const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0a1b2c3d');
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', {
    secretName: 'app/db',
    encryptionKey: key,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ engine: 'postgres', host: 'db.example.com', username: 'app' }), generateStringKey: 'password', excludeCharacters: '/@"',
    },
  });
  secret.addRotationSchedule('Rotation', {
    rotateImmediatelyOnUpdate: false,
    hostedRotation: secretsmanager.HostedRotation.postgreSqlSingleUser({ functionName: 'rotate-app-db', excludeCharacters: '/@"', vpc, securityGroups: [securityGroup] }),
  });
}
