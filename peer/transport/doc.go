// Package transport holds the stages that make links better than they are,
// below the phases and any ordering: fifo puts the packets of a link back into
// their order and stops at a hole; reliable acknowledges and sends again until
// every packet has come, once, and in order. So loss and order are separate
// questions in every experiment.
//
// It owns the numbers of packets on links and what is kept until it is
// acknowledged or its turn has come. It must never know what the packets mean,
// the phases, true time or the network.
package transport
