package scenarios

import "testing"

// Every built-in scenario reads without a problem and without a warning, and is
// called as its file is.
func TestLibraryReads(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		s, err := Builtin(name)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if s.Name != name {
			t.Errorf("%s is called %q; want the name of its file", name, s.Name)
		}
		if w := s.Warnings(); len(w) > 0 {
			t.Errorf("%s:\n%v", name, w)
		}
		if s.Doc == "" {
			t.Errorf("%s teaches nothing: it has no doc", name)
		}
		if len(s.Expect) == 0 {
			t.Errorf("%s expects nothing", name)
		}
	}
}
