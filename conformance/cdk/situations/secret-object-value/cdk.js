import { cdk, iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Secret',
  call: '{ secretObjectValue: { … } }',
  spec: '`value: { object: { … } }`',
};

export default function (stack) {
  const user = new iam.User(stack, 'Mailer', { userName: 'mailer' });
  const accessKey = new iam.AccessKey(stack, 'MailerKey', { user });
  new secretsmanager.Secret(stack, 'Smtp', {
    secretName: 'app/smtp',
    secretObjectValue: { username: cdk.SecretValue.unsafePlainText('mailer'), password: accessKey.secretAccessKey },
  });
}
