import { cdk, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ removalPolicy: DESTROY | RETAIN | RETAIN_ON_UPDATE_OR_DELETE }',
  spec: '`deletionPolicy: Delete \\| Retain \\| RetainExceptOnCreate`',
  note: '`SNAPSHOT` is refused, because Secrets Manager has none',
};

export default function (stack) {
  new secretsmanager.Secret(stack, 'Gone', { secretName: 'app/gone', removalPolicy: cdk.RemovalPolicy.DESTROY });
  new secretsmanager.Secret(stack, 'Kept', { secretName: 'app/kept', removalPolicy: cdk.RemovalPolicy.RETAIN });
  new secretsmanager.Secret(stack, 'KeptOnceThere', { secretName: 'app/kept-once-there', removalPolicy: cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
}
