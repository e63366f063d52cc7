import { cdk, iam, lambda, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'addRotationSchedule(id, { rotationLambda, automaticallyAfter: Duration.days(0) })',
  spec: '`rotation: { manual: true, lambda: { functionArn, executionRole } }`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Api', { secretName: 'app/api' });
  const role = new iam.Role(stack, 'RotatorRole', { roleName: 'rotator', assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const rotator = new lambda.Function(stack, 'Rotator', {
    role, runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {}'),
  });
  secret.addRotationSchedule('Rotation', { rotationLambda: rotator, automaticallyAfter: cdk.Duration.days(0), rotateImmediatelyOnUpdate: false });
}
