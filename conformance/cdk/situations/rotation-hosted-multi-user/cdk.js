import { secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'HostedRotation.mysqlMultiUser({ masterSecret }) and the six other engines',
  spec: '`rotation: { hosted: { rotationType, superuserSecret } }`',
};

export default function (stack) {
  const superuser = new secretsmanager.Secret(stack, 'Superuser', { secretName: 'app/superuser' });
  const kinds = {
    MySQL: ['mysql', secretsmanager.HostedRotation.mysqlMultiUser({ masterSecret: superuser })],
    PostgreSQL: ['postgres', secretsmanager.HostedRotation.postgreSqlMultiUser({ masterSecret: superuser })],
    Oracle: ['oracle', secretsmanager.HostedRotation.oracleMultiUser({ masterSecret: superuser })],
    MariaDB: ['mariadb', secretsmanager.HostedRotation.mariaDbMultiUser({ masterSecret: superuser })],
    SQLServer: ['sqlserver', secretsmanager.HostedRotation.sqlServerMultiUser({ masterSecret: superuser })],
    Redshift: ['redshift', secretsmanager.HostedRotation.redshiftMultiUser({ masterSecret: superuser })],
    MongoDB: ['mongo', secretsmanager.HostedRotation.mongoDbMultiUser({ masterSecret: superuser })],
  };
  for (const [name, [engine, hostedRotation]] of Object.entries(kinds)) {
    const secret = new secretsmanager.Secret(stack, name, {
      secretName: `app/${name}`,
      generateSecretString: {
        secretStringTemplate: stack.toJsonString({ engine, host: 'db.example.com', dbname: 'shop', username: 'app', masterarn: superuser.secretArn }),
        generateStringKey: 'password',
        excludeCharacters: ':/?#[]@%"\'\\; ',
      },
    });
    secret.addRotationSchedule('Rotation', { hostedRotation, rotateImmediatelyOnUpdate: false });
  }
}
