import { cdk, lambda, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'new RotationSchedule(stack, id, { secret, rotationLambda: Function.fromFunctionArn(…) })',
  spec: '`rotation: { lambda: { functionArn } }`',
  note: 'The CDK gives an imported function neither a permission nor its role\'s statements; ours writes the permission and hands the statements over',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Api', { secretName: 'app/api' });
  const rotationLambda = lambda.Function.fromFunctionArn(stack, 'Rotator', 'arn:aws:lambda:eu-west-1:111111111111:function:rotator');
  new secretsmanager.RotationSchedule(stack, 'Rotation', { secret, rotationLambda, automaticallyAfter: cdk.Duration.hours(36), rotateImmediatelyOnUpdate: false });
}
