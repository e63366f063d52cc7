// docs/compliance.md as data: each row of its tables whose first cell has rules in code marks is an explanation.
//
//     | `AwsSolutions-SMG4`, `…` | `AWS::SecretsManager::Secret` | why it is as it is |
//
// The second cell has resource types or logical IDs. * stands for anything in both.

export function explanations(markdown) {
  return markdown.split('\n').flatMap((text, i) => {
    const cells = text.split('|').map((cell) => cell.trim());
    const [rules, on] = [coded(cells[1]), coded(cells[2])];
    return text.startsWith('|') && rules.length > 0 ? [{ line: i + 1, rules, on }] : [];
  });
}

// explains answers the patterns of an explanation that are about a finding: none if it is about another.
export function explains({ rules, on }, { rule, logicalId, type }) {
  const byRule = rules.filter((pattern) => matches(pattern, rule));
  const byPlace = on.filter((pattern) => matches(pattern, type) || matches(pattern, logicalId));
  return byRule.length > 0 && byPlace.length > 0 ? [...byRule, ...byPlace] : [];
}

function coded(cell = '') {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
}

function matches(pattern, text) {
  return new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(text);
}
