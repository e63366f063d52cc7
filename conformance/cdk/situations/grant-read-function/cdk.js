import { iam, kms, lambda, secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Grants',
  call: 'grantRead(function)',
  spec: '`principals: { app: { existingRole: { roleName: !Ref Role } } }`',
};

export default function (stack) {
  const key = new kms.Key(stack, 'AppKey');
  const secret = new secretsmanager.Secret(stack, 'Db', { secretName: 'app/db', encryptionKey: key });
  const role = new iam.Role(stack, 'ReaderRole', { roleName: 'reader', assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  const app = new lambda.Function(stack, 'Reader', {
    role, runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = async () => {}'),
  });
  secret.grantRead(app);
}
