package cli

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/secretctl/secretctl/internal/plan"
)

// errChanged goes on after a name and a colon.
var errChanged = errors.New("it was changed by somebody else since it was read")

// overwrite replaces what is in a file of a spec, as a whole or not at all. The file must be as it
// was when it was read; old is nil if none must be there.
func (p *program) overwrite(path string, old, data []byte) error {
	to := target{path: path, isFile: true}
	at, err := p.place(to)
	if err != nil {
		return cannotReplace(path, err)
	}
	defer func() { at.close() }()
	tx := &transaction{at: at, unlock: func() {}, changing: p.env.changing, warn: p.keepsChanged,
		waiting: p.large}
	defer func() { tx.unlock() }()
	if err := p.replaceText(tx, old, data); err != nil {
		tx.rollback()
		return err
	}
	return nil
}

func (p *program) replaceText(tx *transaction, old, data []byte) error {
	if err := tx.begin(); err != nil {
		return err
	}
	d := destination{shown: tx.at.to.path, name: tx.at.file, mode: 0o644,
		file: plan.NewFile(tx.at.file, data), keepOld: true}
	if err := d.look(tx.at.dir); err != nil {
		return cannotReplace(d.shown, err)
	}
	there := d.old
	if d.same {
		there = data
	}
	if (d.info == nil) != (old == nil) || !bytes.Equal(there, old) {
		return failed(fmt.Sprintf("writing %q", d.shown), errChanged)
	}
	if err := tx.stage(d); err != nil {
		return failed(fmt.Sprintf("writing %q", d.shown), err)
	}
	return tx.commit([]destination{d})
}
