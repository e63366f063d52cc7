// What an editor offers and says at a place of a spec, ▮ being the cursor. offers are labels that must be among what is offered;
// `properties of` and `words of` name a definition of the schema, all of whose properties or enumerated words must be. Hover shows
// the description that stands in the schema for `of`.

export const completions = [
  { at: '▮', offers: ['version', 'stack', 'secrets', 'principals', 'grants', 'keys', 'assert', 'silence'] },
  { at: 'secrets:\n  db:\n    ▮\n', propertiesOf: 'secret' },
  { at: 'secrets:\n  db:\n    name: db\n    ▮\n', offers: ['key', 'replicas', 'rotation', 'grants'], withholds: ['name'] },
  { at: 'secrets:\n  db:\n    import:\n      ▮\n', propertiesOf: 'secretImport' },
  { at: 'secrets:\n  db:\n    replicas:\n      - ▮\n', propertiesOf: 'replica' },
  { at: 'secrets:\n  db:\n    grants:\n      ▮\n', wordsOf: 'verb' },
  { at: 'secrets:\n  db:\n    deletionPolicy: ▮\n', offers: ['Delete', 'Retain', 'RetainExceptOnCreate'] },
  { at: 'secrets:\n  db:\n    value:\n      ▮\n', propertiesOf: 'secretValue' },
  { at: 'secrets:\n  db:\n    value:\n      generate:\n        ▮\n', propertiesOf: 'generate' },
  { at: 'secrets:\n  db:\n    attachment:\n      targetType: ▮\n', offers: ['AWS::RDS::DBInstance', 'AWS::Redshift::Cluster'] },
  { at: 'secrets:\n  db:\n    policy:\n      ▮\n', propertiesOf: 'guardrails' },
  { at: 'secrets:\n  db:\n    rotation:\n      ▮\n', propertiesOf: 'rotation' },
  { at: 'secrets:\n  db:\n    rotation:\n      hosted:\n        rotationType: ▮\n', offers: ['MySQLSingleUser', 'Db2MultiUser'] },
  { at: 'principals:\n  api:\n    ▮\n', propertiesOf: 'principal' },
  { at: 'principals:\n  api:\n    role:\n      assumedBy:\n        ▮\n', propertiesOf: 'trust' },
  { at: 'principals:\n  api:\n    role:\n      assumedBy:\n        - ▮\n', propertiesOf: 'trust' },
  { at: 'principals:\n  api:\n    existingRole: api\n    policies: ▮\n', offers: ['managed', 'inline'] },
  { at: 'keys:\n  app:\n    ▮\n', propertiesOf: 'key' },
  { at: 'keys:\n  app:\n    iamDelegation: ▮\n', offers: ['true', 'false'] },
  { at: 'grants:\n  - ▮\n', propertiesOf: 'grant' },
  { at: 'grants:\n  - to: api\n    allow: ▮\n', wordsOf: 'verb' },
  { at: 'grants:\n  - to: api\n    allow: [read, ▮]\n', wordsOf: 'verb' },
  { at: 'grants:\n  - to: api\n    allow:\n      - ▮\n', wordsOf: 'verb' },
  { at: 'grants:\n  - to: api\n    when:\n      ▮\n', propertiesOf: 'when' },
  { at: 'assert:\n  - principal: api\n    cannot: ▮\n', wordsOf: 'verb' },
  { at: 'assert:\n  - principal: api\n    can: ▮\n', wordsOf: 'verb' },
];

export const hovers = [
  { at: 'st▮ack: shop\n', of: ['properties', 'stack'] },
  { at: 'secrets:\n  db:\n    ke▮y: app\n', of: ['definitions', 'secret', 'properties', 'key'] },
  { at: 'secrets: { db: { rotation: { dura▮tion: 3h } } }\n', of: ['definitions', 'rotation', 'properties', 'duration'] },
  { at: 'secrets:\n  db:\n    policy:\n      denyDel▮ete: true\n', of: ['definitions', 'guardrails', 'properties', 'denyDelete'] },
  { at: 'principals:\n  api: { rolePat▮tern: "*" }\n', of: ['definitions', 'principal', 'properties', 'rolePattern'] },
  { at: 'keys:\n  app:\n    iamDele▮gation: false\n', of: ['definitions', 'key', 'properties', 'iamDelegation'] },
  { at: 'grants:\n  - { to: api, all▮ow: read, secrets: db }\n', of: ['definitions', 'verb'] },
  { at: 'grants:\n  - { to: api, allow: re▮ad, secrets: db }\n', of: ['definitions', 'verb'] },
];
