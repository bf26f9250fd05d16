package bench

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

// Machine is what a measurement was made on. The JSON names are stable.
type Machine struct {
	CPU        string `json:"cpu"`   // its name, or "" where the system does not say
	Cores      int    `json:"cores"` // logical processors
	GOMAXPROCS int    `json:"gomaxprocs"`
	OS         string `json:"os"`
	Arch       string `json:"arch"`
	GOAMD64    string `json:"goamd64"` // level of instructions of the build, such as v1; "" of other processors
	Go         string `json:"go"`
}

// ThisMachine describes the machine at hand and how the program was built.
func ThisMachine() Machine {
	m := Machine{
		CPU: cpu(), Cores: runtime.NumCPU(), GOMAXPROCS: runtime.GOMAXPROCS(0),
		OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version(),
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "GOAMD64" {
				m.GOAMD64 = s.Value
			}
		}
	}
	return m
}

// cpu asks the system for the name of the processor, or returns "".
func cpu() string {
	switch runtime.GOOS {
	case "linux", "android":
		data, err := os.ReadFile("/proc/cpuinfo")
		if err != nil {
			return ""
		}
		return cpuOf(string(data))
	case "darwin":
		name, err := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output()
		if err != nil {
			return ""
		}
		return words(string(name))
	case "windows":
		return words(os.Getenv("PROCESSOR_IDENTIFIER"))
	}
	return ""
}

// cpuOf finds the name in what Linux says of its processors. The key depends on
// the architecture; of ARM often none is there.
func cpuOf(info string) string {
	for _, key := range []string{"model name", "cpu model", "Model", "machine", "cpu"} {
		for line := range strings.Lines(info) {
			name, value, ok := strings.Cut(line, ":")
			if ok && strings.TrimSpace(name) == key {
				return words(value)
			}
		}
	}
	return ""
}

// words is a text with single spaces.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }
