import { secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ generateSecretString: { passwordLength, … } }',
  spec: '`value: { generate: { passwordLength, … } }`',
};

export default function (stack) {
  new secretsmanager.Secret(stack, 'Token', {
    secretName: 'app/token',
    generateSecretString: {
      passwordLength: 40, excludeCharacters: '"@/\\', excludePunctuation: true, excludeLowercase: false,
      excludeUppercase: true, excludeNumbers: false, includeSpace: false, requireEachIncludedType: true,
    },
  });
}
