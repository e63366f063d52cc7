import { iam, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Attachments',
  call: 'new SecretTargetAttachment(stack, id, { secret, target }), imported secret',
  spec: '`import: …`, `attachment: …`',
};

export default function (stack) {
  const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Db', 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:legacy/db-f3gDy9');
  const target = { asSecretAttachmentTarget: () => ({ targetId: 'orders', targetType: secretsmanager.AttachmentTargetType.RDS_DB_CLUSTER }) };
  const attached = new secretsmanager.SecretTargetAttachment(stack, 'Attachment', { secret, target });
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  attached.grantRead(app);
}
