import { secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Resource policies',
  call: 'denyAccountRootDelete()',
  spec: '`policy: { denyDelete: true }`',
  note: 'The CDK\'s statement denies the account\'s own principals, ours everybody',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  secret.denyAccountRootDelete();
}
