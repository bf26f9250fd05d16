package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"mpcomm/peer"
)

// peerNames are the names that stand for peers: sites for those that sit
// there, groups for those that the file lists.
type peerNames struct {
	sites, groups       map[string][]peer.ID
	siteList, groupList []string // in the file's order, for errors
	unknown             bool     // the sites could not be read, so that any name may be one
}

// siteNames notes who sits where.
func (d *decoder) siteNames(net *Network) {
	d.names = peerNames{sites: map[string][]peer.ID{}, groups: map[string][]peer.ID{}}
	rows := net.Sites
	if net.Matrix != nil && rows == nil {
		if net.Matrix.Data == nil {
			d.names.unknown = true
			return
		}
		rows = net.Matrix.Data.Names
	}
	for i, name := range rows {
		if _, known := d.names.sites[name]; !known {
			d.names.siteList = append(d.names.siteList, name)
		}
		here := d.names.sites[name]
		for p := i; p < d.peers; p += len(rows) {
			here = append(here, peer.ID(p))
		}
		d.names.sites[name] = here
	}
}

// groups reads the file's names for sets of peers.
func (d *decoder) groups(r record) {
	n, path, f := r.value("groups")
	if n == nil {
		return
	}
	if n.kind != mapNode {
		d.problem(n, path, "got %s; want a map from name to peers, such as {east: [0, 1]}", n.describe())
		return
	}
	found := map[string][]peer.ID{}
	for i, k := range n.keys {
		at := joinPath(path, k.scalar)
		d.nameText(k, at, &nameForm)
		switch {
		case isDecimal(k.scalar):
			d.problem(k, at, "the name of a group is a number; want one that is no peer")
		case d.names.sites[k.scalar] != nil:
			d.problem(k, at, "%q is a site already; want another name", clip(k.scalar))
		}
		found[k.scalar] = d.peersList(n.items[i], at, f.item)
		d.notEmpty(n.items[i], at)
		d.names.groupList = append(d.names.groupList, k.scalar)
	}
	d.names.groups = found
}

// notEmpty reports a list of peers without any.
func (d *decoder) notEmpty(n *node, path string) {
	if n != nil && n.kind == listNode && len(n.items) == 0 {
		d.problem(n, path, "the list is empty; want at least one peer")
	}
}

// named returns the peers that a name stands for.
func (d *decoder) named(n *node, path string) []peer.ID {
	name := n.scalar
	if group, ok := d.names.groups[name]; ok {
		return group
	}
	here, ok := d.names.sites[name]
	switch {
	case ok && len(here) == 0:
		d.problem(n, path, "no peer sits at %s: the %d peers sit at the first %d sites", clip(name), d.peers, d.peers)
	case ok || d.names.unknown:
	default:
		names := slices.Concat(d.names.groupList, d.names.siteList)
		d.problem(n, path, "unknown %q%s; want %s", clip(name), didYouMean(name, names), d.names.choices(d.peers))
	}
	return here
}

// mostNames is how many names an error lists.
const mostNames = 12

// choices says which names there are.
func (m *peerNames) choices(peers int) string {
	text := fmt.Sprintf("a peer 0..%d", max(peers, 1)-1)
	for _, of := range []struct {
		what string
		list []string
	}{{"a group", m.groupList}, {"a site", m.siteList}} {
		switch list := of.list; {
		case len(list) == 0:
			text += ", " + of.what + " (there is none)"
		case len(list) > mostNames:
			text += fmt.Sprintf(", %s (%s and %d more)", of.what, strings.Join(list[:mostNames], " "), len(list)-mostNames)
		default:
			text += fmt.Sprintf(", %s (%s)", of.what, strings.Join(list, " "))
		}
	}
	return text
}
