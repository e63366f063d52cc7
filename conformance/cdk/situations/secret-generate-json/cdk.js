import { secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ generateSecretString: { secretStringTemplate, generateStringKey } }',
  spec: '`value: { generate: { secretStringTemplate, generateStringKey } }`',
};

export default function (stack) {
  new secretsmanager.Secret(stack, 'Db', {
    secretName: 'app/db',
    generateSecretString: { secretStringTemplate: JSON.stringify({ username: 'app' }), generateStringKey: 'password' },
  });
}
