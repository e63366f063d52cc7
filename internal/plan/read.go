package plan

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/secretctl/secretctl/internal/cfn"
)

// Read reads a plan as compile has written it. The parameters of stacks are left out. It fails for
// what is no JSON of that form.
func Read(data []byte) (Plan, error) {
	var read struct {
		Plan
		Stacks []struct {
			Stack
			Parameters json.RawMessage `json:"parameters"`
		} `json:"stacks"`
		HandOver []struct {
			HandOver
			Statements []json.RawMessage `json:"statements"`
		} `json:"handOver"`
	}
	if err := json.Unmarshal(data, &read); err != nil {
		return Plan{}, errors.New("it is no plan")
	}
	p := read.Plan
	p.Stacks, p.HandOver = nil, nil
	for _, s := range read.Stacks {
		p.Stacks = append(p.Stacks, s.Stack)
	}
	for _, h := range read.HandOver {
		one := h.HandOver
		one.Statements = nil
		for _, text := range h.Statements {
			statement, err := object(text)
			if err != nil {
				return Plan{}, err
			}
			one.Statements = append(one.Statements, statement)
		}
		p.HandOver = append(p.HandOver, one)
	}
	return p, nil
}

// object reads an object with its members in their order.
func object(text json.RawMessage) (cfn.Object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	v, err := value(d)
	if o, ok := v.(cfn.Object); ok && err == nil {
		return o, nil
	}
	return nil, errors.New("it is no plan: a statement is no object")
}

// value reads the next value.
func value(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := cfn.Object{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			o = append(o, cfn.Member{Key: key.(string), Value: v})
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}
