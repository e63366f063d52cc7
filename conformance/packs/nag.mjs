// The rules of cdk-nag: AwsSolutions, HIPAA Security, NIST 800-53 rev 5 and PCI DSS 3.2.1.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url); // these are CommonJS
const { App, CfnElement, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const nag = require('cdk-nag');

const packs = [new nag.AwsSolutionsChecks(), new nag.HIPAASecurityChecks(), new nag.NIST80053R5Checks(), new nag.PCIDSS321Checks()];

// nagFindings answers what the rules find in the template of a file: [{ rule, logicalId, says }].
export function nagFindings(templateFile) {
  const stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  new CfnInclude(stack, 'Template', { templateFile });
  const elements = stack.node.findAll().filter(CfnElement.isCfnElement);
  const logicalIds = new Map(elements.map((element) => [element.node.path, stack.resolve(element.logicalId)]));
  return packs.flatMap((pack) => pack.validateScope(stack).violations)
    .flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map((r) => ({ rule: ruleName, logicalId: logicalIds.get(r.constructPath), says: description })));
}
