package access

// WrongOwnARNs reads stacks and returns the ARNs that are taken for those of secrets of the estate
// without being read, and by which a policy would name another one; and how many are taken so.
func WrongOwnARNs(stacks []Stack) (wrong []string, taken int) {
	src := newDeployment(stacks, Beside{})
	choices, _ := src.worlds()
	for _, world := range choices {
		l := src.open(world.values)
		l.read()
		for arn := range l.secrets {
			if !l.isOwnARN(arn) {
				continue
			}
			taken++
			for _, who := range l.subjects {
				for _, explicit := range []bool{false, true} {
					named := l.namedSecret(arn, who.p, &Document{Stack: stacks[0].File}, explicit)
					if named != nil && l.secrets[named.Copies[0].ARN] == nil {
						wrong = append(wrong, arn)
					}
				}
			}
		}
	}
	return wrong, taken
}
