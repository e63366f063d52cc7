import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ secretName: `${stage}/db` }, one stack for each stage',
  spec: '`environments: { dev: { variables: { stage: dev } }, prod: … }`, `name: $(stage)/db`',
  note: 'the stack of `dev` is compared',
  environment: 'dev',
};

export default function (stack) {
  const stage = 'dev';
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: `${stage}/db` });
  if (stage !== 'prod') new secretsmanager.Secret(stack, 'Drill', { secretName: `${stage}/drill` });
  secret.grantRead(iam.Role.fromRoleName(stack, 'Api', `api-${stage}`));
}
