package scenarios

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/order"
	"mpcomm/sim/rng"
)

// Schema is the JSON Schema (draft 2020-12) of the language, for editors and
// for programs that write scenarios. It is made from the same tables that the
// decoder reads. What it cannot say, the decoder still checks: references
// between values, units that are too fine, files. The orderings are those of
// order.Builtin.
func Schema() []byte { return SchemaWith(nil) }

// SchemaWith is Schema with a table of orderings; nil is order.Builtin.
func SchemaWith(table order.Table) []byte {
	if table == nil {
		table = order.Builtin()
	}
	b := schemaBuilder{defs: schema{}, table: table}
	root := b.object(&scenarioObject)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "mpcomm scenario, version 1"
	root["$defs"] = b.defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("scenarios: the schema cannot be written: %v", err))
	}
	return append(out, '\n')
}

type schema map[string]any

// schemaBuilder collects definitions as forms refer to them.
type schemaBuilder struct {
	defs  schema
	table order.Table
}

// define returns a reference to the definition called name, made on first use.
func (b *schemaBuilder) define(name string, make func() schema) schema {
	if _, known := b.defs[name]; !known {
		b.defs[name] = schema{} // holds the name while make runs
		b.defs[name] = make()
	}
	return schema{"$ref": "#/$defs/" + name}
}

// object is a map with the keys of o and no others.
func (b *schemaBuilder) object(o *object) schema {
	properties := schema{}
	var required []string
	for i := range o.keys {
		k := &o.keys[i]
		property := b.form(&k.form)
		property["description"] = describeKey(k)
		properties[k.name] = property
		if k.required {
			required = append(required, k.name)
		}
	}
	s := schema{"type": "object", "properties": properties, "additionalProperties": false}
	if o.doc != "" {
		s["description"] = o.doc
	}
	if required != nil {
		s["required"] = required
	}
	switch o {
	case &workloadObject:
		s["not"] = schema{"required": []string{"sends"}, "anyOf": needOne("messages", "gap", "start", "senders")}
	case &sendObject:
		s["oneOf"] = needOne("at", "after")
	case &faultObject:
		s["oneOf"] = needOne(faultWords[:]...)
	}
	return s
}

// needOne is one schema for each key, which requires it.
func needOne(keys ...string) []schema {
	var all []schema
	for _, k := range keys {
		all = append(all, schema{"required": []string{k}})
	}
	return all
}

// describeKey is a key's doc with its default.
func describeKey(k *key) string {
	if k.initial != "" {
		return k.doc + " [" + k.initial + "]"
	}
	return k.doc
}

func (b *schemaBuilder) form(f *form) schema {
	s := b.shape(f)
	var choices []any
	if len(f.words) > 0 && f.kind != formWord {
		choices = append(choices, schema{"enum": f.words})
	}
	if f.object != nil && (f.kind != formObject || f.object.word != "") {
		if word := f.object.key(f.object.word); word != nil {
			choices = append(choices, schema{"enum": word.form.words})
		}
		if f.kind != formObject {
			o := f.object
			choices = append(choices, b.define(o.name, func() schema { return b.object(o) }))
		}
	}
	if choices == nil {
		return s
	}
	return schema{"anyOf": append([]any{s}, choices...)}
}

func (b *schemaBuilder) shape(f *form) schema {
	switch f.kind {
	case formText:
		return schema{"type": "string"}
	case formName:
		return schema{"type": "string", "pattern": fmt.Sprintf(`^[^@/\\]{1,%d}$`, maxNameLength)}
	case formWord:
		return schema{"enum": f.words}
	case formInteger:
		return schema{"type": "integer", "minimum": f.min, "maximum": f.max}
	case formSeed:
		return schema{"type": "integer", "minimum": 0, "maximum": uint64(math.MaxUint64)}
	case formBool:
		return schema{"type": "boolean"}
	case formAmount:
		return b.amount(f)
	case formRatio:
		return b.define("probability", func() schema {
			return schema{"anyOf": []any{
				schema{"type": "number", "minimum": 0, "maximum": 1},
				schema{"type": "string", "pattern": `^([0-9]+/[0-9]+|[0-9]+(\.[0-9]+)?%?)$`},
			}}
		})
	case formFixed:
		return schema{"type": "number", "minimum": json.Number(rng.Fixed(f.min).String()), "maximum": json.Number(rng.Fixed(f.max).String())}
	case formFamily:
		return b.family(f)
	case formPeer:
		return schema{"type": "integer", "minimum": 0, "maximum": peer.MaxPeers - 1}
	case formPeers:
		return b.peers(f)
	case formMessage:
		return b.define("message", func() schema {
			return schema{"type": "string", "pattern": "^p(0|[1-9][0-9]*)#(0|[1-9][0-9]*)$"}
		})
	case formTrigger:
		return b.define("event", func() schema {
			return schema{"type": "string", "pattern": "^ *([1-9][0-9]*(st|nd|rd|th) +)?[a-z0-9-]+( +[a-z0-9#]+)+ *$"}
		})
	case formObject:
		return b.define(f.object.name, func() schema { return b.object(f.object) })
	case formList:
		return schema{"type": "array", "items": b.form(f.item)}
	case formTable:
		s := schema{"type": "object", "additionalProperties": b.form(f.item)}
		switch f.label {
		case "peer":
			s["propertyNames"] = schema{"pattern": "^(0|[1-9][0-9]*)$"}
		case "group":
			s["propertyNames"] = schema{"pattern": "[^0-9]"}
		}
		return s
	case formOrdering:
		return b.ordering()
	case formValue:
		return schema{}
	case formPrecision:
		return b.precision()
	}
	panic(fmt.Sprintf("scenarios: form %d has no schema", f.kind))
}

// precision is a metric and the width of its interval.
func (b *schemaBuilder) precision() schema {
	const width = `[0-9.]+([eE][+-]?[0-9]+)?%?$`
	return b.define("precision", func() schema {
		return schema{"anyOf": []any{
			schema{"type": "string", "pattern": "^[a-z0-9_.]+=" + width},
			schema{
				"type": "object", "minProperties": 1, "maxProperties": 1,
				"additionalProperties": schema{"anyOf": []any{
					schema{"type": "number", "exclusiveMinimum": 0},
					schema{"type": "string", "pattern": "^" + width},
				}},
			},
		}}
	})
}

func (b *schemaBuilder) peers(f *form) schema {
	item := b.form(&peerForm)
	if f.named {
		item = schema{"anyOf": []any{item, schema{"type": "string", "pattern": "[^0-9]"}}}
	}
	list := schema{"type": "array", "items": item, "uniqueItems": true}
	if f.single {
		return schema{"anyOf": []any{list, item}}
	}
	return list
}

// amount is a number with a unit.
func (b *schemaBuilder) amount(f *form) schema {
	name, sign := f.quantity.name, `\+?`
	if f.min < 0 {
		name, sign = "signed_"+name, `[+-]?`
	}
	if f.rate {
		name += "_or_rate"
	}
	return b.define(name, func() schema {
		var units []string
		for _, list := range [][]unit{f.quantity.units, f.quantity.alias} {
			for _, u := range list {
				units = append(units, u.name)
				if f.rate {
					units = append(units, "/"+u.name)
				}
			}
		}
		return schema{
			"type": "string", "description": strings.TrimPrefix(f.quantity.want(), "want "),
			"pattern": "^" + sign + `[0-9]+(\.[0-9]+)?(` + strings.Join(units, "|") + ")$",
		}
	})
}

// family is an amount or a distribution over its quantity.
func (b *schemaBuilder) family(f *form) schema {
	name := f.quantity.name + "_distribution"
	if f.min < 0 {
		name = "signed_" + name
	}
	if f.rate {
		name += "_or_rate"
	}
	return b.define(name, func() schema {
		value := form{kind: formAmount, quantity: f.quantity, min: f.min, max: f.max, rate: f.rate}
		choices := []any{b.amount(&value)}
		for _, kind := range familyKinds {
			choices = append(choices, b.object(familyObject(kind, f)))
		}
		return schema{"anyOf": choices}
	})
}

// ordering is a kind, or a map with kind, name and its parameters.
func (b *schemaBuilder) ordering() schema {
	return b.define("ordering", func() schema {
		choices := []any{schema{"enum": b.table.Kinds()}}
		for i := range b.table {
			spec := &b.table[i]
			properties := schema{
				"kind": schema{"enum": []string{spec.Kind}, "description": spec.Doc},
				"name": schema{"type": "string", "description": "the label [kind and parameters as written]"},
			}
			for j := range spec.Params {
				p := &spec.Params[j]
				property := b.param(p)
				property["description"] = describeKey(&key{doc: p.Doc, initial: p.Default})
				properties[p.Name] = property
			}
			choices = append(choices, schema{
				"type": "object", "properties": properties, "required": []string{"kind"},
				"additionalProperties": false,
			})
		}
		return schema{"anyOf": choices}
	})
}

func (b *schemaBuilder) param(p *order.Param) schema {
	switch p.Type {
	case order.Duration:
		d := duration()
		if p.Never {
			d = d.or("never", "none")
		}
		return b.form(&d)
	case order.Enum:
		var words []any
		for _, word := range p.Allowed {
			words = append(words, word)
			if number, err := strconv.Atoi(word); err == nil {
				words = append(words, number) // as YAML reads it when it is not quoted
			}
		}
		return schema{"enum": words}
	case order.PeerID:
		return b.form(&peerForm)
	}
	return schema{"type": "integer", "minimum": p.Min, "maximum": p.Max}
}
