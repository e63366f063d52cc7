import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Resource policies',
  call: 'addToResourcePolicy(statement)',
  spec: '`policy: { statements: […] }`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  secret.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ArnPrincipal('arn:aws:iam::111111111111:role/auditor')],
    actions: ['secretsmanager:DescribeSecret'],
    resources: ['*'],
  }));
}
