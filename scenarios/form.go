package scenarios

import "slices"

// formKind is the shape a value of the language may have.
type formKind uint8

const (
	formText      formKind = iota // any string
	formName                      // text that fits a folder and a token
	formWord                      // one of words
	formInteger                   // min..max
	formSeed                      // 0..2^64-1
	formBool                      // true or false
	formAmount                    // a number with a unit: quantity, min..max
	formRatio                     // a probability
	formFixed                     // a decimal without unit, min..max in 2^-32
	formFamily                    // a distribution over quantity, or an amount
	formPeer                      // 0..peers-1
	formPeers                     // a list of peers
	formMessage                   // pSENDER#NUMBER
	formTrigger                   // the nth event of a kind
	formObject                    // a map with the keys of object
	formList                      // a list of item
	formTable                     // a map from any key (of the kind of label) to item
	formOrdering                  // a kind, or a map with kind and parameters
	formValue                     // any YAML value: what a grid path takes
	formPrecision                 // METRIC=WIDTH, or a map of one metric and its width
)

// form is what one value of the language may be. A form with words accepts each
// of them beside its own shape, and a word that selects an object stands for
// {kind: word}.
type form struct {
	kind     formKind
	min, max int64
	words    []string
	quantity *quantity
	object   *object // formObject; also beside scalars: {kind: ...} of loss, self
	item     *form
	label    string // formTable: what its keys are: peer, ordering, path
	rate     bool   // an amount may be written as a rate, 50/s
	single   bool   // formPeers: one number stands for a list of one
	named    bool   // formPeers: sites and groups stand for their peers
}

// key is one key of an object: its form, what its omission means, and what it
// does. These tables are the only place where the language is written down: the
// decoder, its errors, the JSON Schema and --set all read them.
type key struct {
	name     string
	form     form
	initial  string // what its omission means, as YAML; empty = nothing, see doc
	required bool
	doc      string
}

// object is a map with a fixed set of keys.
type object struct {
	name string
	doc  string
	keys []key
	word string // the key that a scalar in the object's place stands for: kind
	lone string // the key that an amount in the object's place stands for: at
}

// key is the key called name, or nil.
func (o *object) key(name string) *key {
	for i := range o.keys {
		if o.keys[i].name == name {
			return &o.keys[i]
		}
	}
	return nil
}

// names are the keys in the order of the table.
func (o *object) names() []string {
	var names []string
	for i := range o.keys {
		names = append(names, o.keys[i].name)
	}
	return names
}

// Constructors of forms, so that the tables below read as a list.

func integer(low, high int64) form { return form{kind: formInteger, min: low, max: high} }

func word(words ...string) form { return form{kind: formWord, words: words} }

func list(item form) form { return form{kind: formList, item: &item} }

func table(label string, item form) form { return form{kind: formTable, label: label, item: &item} }

func of(o *object) form { return form{kind: formObject, object: o} }

func amount(q *quantity, low, high int64) form {
	return form{kind: formAmount, quantity: q, min: low, max: high}
}

// maxDuration is 10^9 seconds, so that sums of a few times cannot overflow;
// maxSize and maxBandwidth likewise keep arithmetic on packets exact.
const (
	maxDuration  = 1_000_000_000_000_000_000
	maxSize      = 1 << 30
	maxBandwidth = 1_000_000_000_000_000
)

func duration() form { return amount(&durations, 0, maxDuration) }

func positive() form { return amount(&durations, 1, maxDuration) }

func family(q *quantity) form {
	f := form{kind: formFamily, quantity: q, max: maxDuration}
	if q == &sizes {
		f.max = maxSize
	}
	return f
}

func signedFamily(q *quantity) form {
	f := family(q)
	f.min = -f.max
	return f
}

// or adds words to a form.
func (f form) or(words ...string) form {
	f.words = append(slices.Clone(f.words), words...)
	return f
}

// with adds an object to a scalar form.
func (f form) with(o *object) form {
	f.object = o
	return f
}

// paced lets amounts be written as rates.
func (f form) paced() form {
	f.rate = true
	return f
}
