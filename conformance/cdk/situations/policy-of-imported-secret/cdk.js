import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Resource policies',
  call: 'new ResourcePolicy(stack, id, { secret }), imported secret',
  spec: '`policy: { manage: true, … }`',
};

export default function (stack) {
  const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Db', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy/db-f3gDy9');
  const policy = new secretsmanager.ResourcePolicy(stack, 'Policy', { secret });
  policy.document.addStatements(new iam.PolicyStatement({
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['secretsmanager:DeleteSecret'],
    resources: ['*'],
  }));
}
