package export

import (
	"encoding/csv"
	"strconv"
	"strings"

	"mpcomm/peer"
	"mpcomm/peer/journal"
	"mpcomm/sim"
)

const csvBegins = "event,at_ms,kind,"

var csvColumns = strings.Split(csvBegins+
	"peer,other,message,packet,round,attempt,copy,size,verdict,arrival_ms,local_ms,phase,value,ends,position,latency_ms,hold_ms", ",")

// writeCSV writes the events as a table.
func writeCSV(w *writer, r *Run) error {
	table := csv.NewWriter(w)
	if err := table.Write(csvColumns); err != nil {
		return err
	}
	d := newDiary(r.History)
	row := make([]string, 0, len(csvColumns))
	for i := range r.Events {
		e := &r.Events[i]
		row = appendFields(append(row[:0], strconv.Itoa(i)), e)
		switch e.Kind {
		case journal.Broadcast:
			d.broadcast(e)
			row = append(row, "", "", "")
		case journal.Delivery:
			x := d.delivery(e)
			latency := ""
			if x.sent != sim.Never {
				latency = ms(e.At - x.sent)
			}
			row = append(row, strconv.Itoa(x.position), latency, ms(e.At-x.arrived))
		default:
			row = append(row, "", "", "")
		}
		if err := table.Write(row); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// appendFields appends what the JSON line of an event says.
func appendFields(row []string, e *journal.Event) []string {
	row = append(row, ms(e.At), e.Kind.String(), peerCell(e.Peer), peerCell(e.Other))
	message, packet, verdict, arrival := "", "", "", ""
	if e.Message != peer.NoMessage {
		message = e.Message.String()
	}
	if e.Packet != peer.KindNone {
		packet = journal.PacketName(e.Packet)
	}
	if e.Kind == journal.Fate || e.Verdict != 0 {
		verdict = journal.VerdictName(e.Verdict)
	}
	isPacket := e.Kind == journal.Fate || e.Kind == journal.Arrival
	if isPacket && e.Arrival != sim.Never {
		arrival = ms(e.Arrival)
	}
	row = append(row, message, packet)
	for _, n := range [...]int64{int64(e.Round), int64(e.Attempt), int64(e.Copy)} {
		row = append(row, cell(n, isPacket))
	}
	row = append(row, cell(int64(e.Size), e.Kind == journal.Broadcast), verdict, arrival)
	local, phase, value, ends := "", "", "", ""
	switch e.Kind {
	case journal.Timer:
		local = ms(sim.Time(e.Value))
	case journal.Phase:
		phase = peer.Phase(e.Value).String()
	case journal.Fault:
		value, ends = strconv.FormatInt(e.Value, 10), strconv.FormatBool(e.Ends)
	default:
		value = cell(e.Value, false)
	}
	return append(row, local, phase, value, ends)
}

func peerCell(p peer.ID) string {
	if p == journal.NoPeer {
		return ""
	}
	return p.String()
}

// cell is a number; 0 is written only where it says something.
func cell(n int64, said bool) string {
	if n == 0 && !said {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
