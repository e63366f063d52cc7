import { kms, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ encryptionKey: new kms.Key(…) }',
  spec: '`keys: { app: {} }`, `key: app`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey', { alias: 'app/key', enableKeyRotation: true });
  new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
}
