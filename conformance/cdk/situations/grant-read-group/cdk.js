import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(group)',
  spec: '`principals: { app: { existingGroup: oncall } }`',
  note: 'With a key the CDK names the group in the key\'s policy, which KMS refuses; ours needs no more than the group\'s own policy',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db' });
  const app = iam.Group.fromGroupName(stack, 'Oncall', 'oncall');
  secret.grantRead(app);
}
