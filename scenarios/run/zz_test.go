package run_test
import ("testing";"mpcomm/scenarios/run")
func TestZZ(t *testing.T){
 e := engine(t, compile(t, `version: 1
name: steady
peers: 6
orderings: [lamport]
phases: robust
workload: {messages: 30, gap: {kind: exponential, min: 0ms, mean: 20ms}}
network: {link: datagram, latency: {kind: exponential, min: 0ms, mean: 20ms}, duplicate: 1/10, transport: {kind: reliable}}
`), run.Options{})
 for pass := 0; pass < 8; pass++ {
  for seed := range uint64(6) {
   n := testing.AllocsPerRun(1, func(){ mustRun(t,e,seed)})
   if n>0 {t.Log(pass, seed, n)}
  }
 }
}
