import { secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'HostedRotation.mysqlMultiUser({ masterSecret: Secret.fromSecretPartialArn(…) })',
  spec: '`hosted: { rotationType, superuserSecret }` and `import: { partialArn }`',
};

export default function (stack) {
  const masterSecret = secretsmanager.Secret.fromSecretPartialArn(stack, 'Super', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/super');
  const secret = new secretsmanager.Secret(stack, 'Db', {
    secretName: 'app/db',
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ engine: 'mysql', host: 'db.example.com', username: 'app', masterarn: masterSecret.secretArn }),
      generateStringKey: 'password',
      excludeCharacters: '/@"',
    },
  });
  secret.addRotationSchedule('Rotation', {
    rotateImmediatelyOnUpdate: false,
    hostedRotation: secretsmanager.HostedRotation.mysqlMultiUser({ masterSecret, excludeCharacters: '/@"' }),
  });
}
