import { iam, rds, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Attachments',
  call: 'secret.attach(target)',
  spec: '`attachment: { targetType, targetId }`',
};

export default function (stack) {
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', generateSecretString: { secretStringTemplate: JSON.stringify({ username: 'app' }), generateStringKey: 'password', excludeCharacters: '/@" \\' } });
  const database = new rds.CfnDBInstance(stack, 'Database', {
    engine: 'postgres', dbInstanceClass: 'db.t4g.medium', allocatedStorage: '20', storageEncrypted: true, masterUsername: 'app',
    masterUserPassword: secret.secretValueFromJson('password').unsafeUnwrap(),
  });
  const target = { asSecretAttachmentTarget: () => ({ targetId: database.ref, targetType: secretsmanager.AttachmentTargetType.RDS_DB_INSTANCE }) };
  const attached = secret.attach(target);
  const app = new iam.Role(stack, 'App', { roleName: 'app', assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
  attached.grantRead(app);
}
