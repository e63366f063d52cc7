import { secretsmanager } from '../../aws.mjs';

export const about = {
  part: 'Rotation',
  call: 'HostedRotation.mysqlSingleUser() and the six other engines',
  spec: '`rotation: { hosted: { rotationType } }`',
};

export default function (stack) {
  const kinds = {
    MySQL: ['mysql', secretsmanager.HostedRotation.mysqlSingleUser()],
    PostgreSQL: ['postgres', secretsmanager.HostedRotation.postgreSqlSingleUser()],
    Oracle: ['oracle', secretsmanager.HostedRotation.oracleSingleUser()],
    MariaDB: ['mariadb', secretsmanager.HostedRotation.mariaDbSingleUser()],
    SQLServer: ['sqlserver', secretsmanager.HostedRotation.sqlServerSingleUser()],
    Redshift: ['redshift', secretsmanager.HostedRotation.redshiftSingleUser()],
    MongoDB: ['mongo', secretsmanager.HostedRotation.mongoDbSingleUser()],
  };
  for (const [name, [engine, hostedRotation]] of Object.entries(kinds)) {
    const secret = new secretsmanager.Secret(stack, name, {
      secretName: `app/${name}`,
      generateSecretString: {
        secretStringTemplate: stack.toJsonString({ engine, host: 'db.example.com', dbname: 'shop', username: 'app' }),
        generateStringKey: 'password',
        excludeCharacters: ':/?#[]@%"\'\\; ',
      },
    });
    secret.addRotationSchedule('Rotation', { hostedRotation, rotateImmediatelyOnUpdate: false });
  }
}
