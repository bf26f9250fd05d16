package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const clustersPage = "../../.github/CLUSTERS.md"

// codeOf are the code blocks of the page in a language.
func codeOf(t *testing.T, language string) []string {
	t.Helper()
	page, err := os.ReadFile(clustersPage)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```\n").FindAllSubmatch(page, -1) {
		list = append(list, string(m[1]))
	}
	return list
}

// clusterSweep is the my.yaml of the page; small, but with chunks for all shards.
const clusterSweep = `name: mine
peers: 2
orderings: [naive, lamport]
workload: {messages: 2, gap: {kind: exponential, mean: 10ms}}
network: {latency: {kind: exponential, mean: 20ms}}
sweep: {runs: 16, grid: {network.latency.mean: [5ms, 20ms]}}
`

// cluster is a folder with my.yaml, and a path on which mpcomm and sbatch are.
type cluster struct {
	t   *testing.T
	dir string
	env []string
}

// stubSBATCH runs the tasks of an array one after the other, as Slurm would, but
// for those in LOST, whose machines it has not got today.
const stubSBATCH = `#!/bin/sh
set -eu
array=
case $1 in --array=*) array=${1#--array=}; shift;; esac
[ -n "$array" ] || array=$(sed -n 's/^#SBATCH --array=//p' "$1")
cpus=$(sed -n 's/^#SBATCH --cpus-per-task=//p' "$1")
for range in $(echo "$array" | tr , ' '); do
	for task in $(seq "${range%-*}" "${range#*-}"); do
		case " $LOST " in *" $task "*) continue;; esac
		SLURM_ARRAY_TASK_ID=$task SLURM_CPUS_PER_TASK=$cpus bash "$1"
		echo "$task" >>ran
	done
done
`

func newCluster(t *testing.T) *cluster {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the pages are for POSIX shells")
	}
	for _, shell := range []string{"bash", "sh", "seq", "sed"} {
		if _, err := exec.LookPath(shell); err != nil {
			t.Skipf("the scripts of the pages need %s, which is not here: %v", shell, err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &cluster{t: t, dir: t.TempDir()}
	for name, text := range map[string]string{
		"bin/mpcomm": fmt.Sprintf("#!/bin/sh\n%s=1 exec '%s' \"$@\"\n", asProgram, self),
		"bin/sbatch": stubSBATCH,
		"my.yaml":    clusterSweep,
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(c.dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	c.env = append(os.Environ(), "PATH="+filepath.Join(c.dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"), "LOST=")
	return c
}

// shell runs a script, which must end well.
func (c *cluster) shell(script string, env ...string) {
	c.t.Helper()
	s := exec.Command("bash", "-euc", script)
	s.Dir, s.Env = c.dir, append(c.env, env...)
	if out, err := s.CombinedOutput(); err != nil {
		c.t.Fatalf("%s\n%v\n%s", script, err, out)
	}
}

func (c *cluster) read(name string) string {
	c.t.Helper()
	b, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

// requireWhole: what was merged into out is what one machine writes.
func (c *cluster) requireWhole() {
	c.t.Helper()
	c.shell("mpcomm sweep my.yaml --per-run -o whole")
	requireSameFolder(c.t, filepath.Join(c.dir, "whole"), filepath.Join(c.dir, "out"))
}

// TestSlurmPage runs the page: an array of which three machines are lost, one
// more that stops its shard halfway, those that lack, and the merge.
func TestSlurmPage(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	scripts := codeOf(t, "bash")
	if len(scripts) != 4 {
		t.Fatalf("%d scripts on the page, want 4: the task, the first time, later, the merge", len(scripts))
	}
	if err := os.WriteFile(filepath.Join(c.dir, "sweep.sh"), []byte(scripts[0]), 0o755); err != nil {
		t.Fatal(err)
	}
	c.shell(scripts[1], "LOST=3 5 6")
	if ran := c.read("ran"); ran != "0\n1\n2\n4\n7\n" {
		t.Errorf("ran shards %q", ran)
	}
	c.cutShort("parts/1")
	c.shell("rm ran")
	c.shell(scripts[2])
	if ran := c.read("ran"); ran != "1\n3\n5\n6\n" {
		t.Errorf("ran shards %q again, want those that lack", ran)
	}
	c.shell("rm ran")
	c.shell(scripts[2])
	if _, err := os.Stat(filepath.Join(c.dir, "ran")); err == nil {
		t.Error("shards are run though none lacks")
	}
	c.shell(scripts[3])
	c.requireWhole()
}

// cutShort takes the last byte of a shard's chunks, as if its process had been
// killed while it wrote.
func (c *cluster) cutShort(part string) {
	c.t.Helper()
	path := filepath.Join(c.dir, part, "chunks.log")
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, info.Size()-1)
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// indexedJob is the part of a Kubernetes Job that the page uses; any other word
// is a mistake of spelling or of place.
type indexedJob struct {
	APIVersion string                `yaml:"apiVersion"`
	Kind       string                `yaml:"kind"`
	Metadata   struct{ Name string } `yaml:"metadata"`
	Spec       struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int    `yaml:"completions"`
		Parallelism          int    `yaml:"parallelism"`
		BackoffLimitPerIndex *int   `yaml:"backoffLimitPerIndex"`
		Template             struct {
			Spec struct {
				RestartPolicy string `yaml:"restartPolicy"`
				Containers    []struct {
					Name, Image   string
					WorkingDir    string `yaml:"workingDir"`
					Command, Args []string
					Resources     struct{ Requests, Limits map[string]string }
					VolumeMounts  []struct {
						Name      string
						MountPath string `yaml:"mountPath"`
					} `yaml:"volumeMounts"`
				} `yaml:"containers"`
				Volumes []struct {
					Name  string
					Claim struct {
						ClaimName string `yaml:"claimName"`
					} `yaml:"persistentVolumeClaim"`
				} `yaml:"volumes"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

// TestKubernetesPage holds the Job to its form and to what an indexed Job needs,
// then runs its pods, one of which is evicted, and merges.
func TestKubernetesPage(t *testing.T) {
	t.Parallel()
	pages := codeOf(t, "yaml")
	if len(pages) != 1 {
		t.Fatalf("%d YAML files on the page, want 1", len(pages))
	}
	var job indexedJob
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(pages[0])))
	decoder.KnownFields(true)
	if err := decoder.Decode(&job); err != nil {
		t.Fatal(err)
	}
	pod := job.Spec.Template.Spec
	if len(pod.Containers) != 1 || len(pod.Volumes) != 1 || len(pod.Containers[0].VolumeMounts) != 1 {
		t.Fatalf("want one container with one volume: %+v", pod)
	}
	one := pod.Containers[0]
	name := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`) // RFC 1123
	for what, ok := range map[string]bool{
		"the kind":                        job.APIVersion == "batch/v1" && job.Kind == "Job",
		"names":                           name.MatchString(job.Metadata.Name) && name.MatchString(one.Name) && name.MatchString(pod.Volumes[0].Claim.ClaimName),
		"numbers for pods":                job.Spec.CompletionMode == "Indexed" && job.Spec.Completions > 1 && job.Spec.Parallelism > 0,
		"retries, which need Never":       job.Spec.BackoffLimitPerIndex != nil && pod.RestartPolicy == "Never",
		"the image":                       one.Image != "",
		"the volume":                      one.VolumeMounts[0].Name == pod.Volumes[0].Name && one.VolumeMounts[0].MountPath == one.WorkingDir,
		"resources":                       one.Resources.Requests["cpu"] != "" && one.Resources.Limits["memory"] != "",
		"the command":                     fmt.Sprint(one.Command) == "[/bin/sh -ec]" && len(one.Args) == 1,
		"as many shards as pods":          strings.Contains(one.Args[0], fmt.Sprintf(`--shard "$JOB_COMPLETION_INDEX/%d"`, job.Spec.Completions)),
		"nothing but what the test reads": !strings.Contains(pages[0], "\n---"),
	} {
		if !ok {
			t.Errorf("%s: not as it must be in\n%s", what, pages[0])
		}
	}
	c := newCluster(t)
	run := func(index int) {
		s := exec.Command(one.Command[0], append(one.Command[1:], one.Args...)...)
		s.Dir, s.Env = c.dir, append(c.env, fmt.Sprint("JOB_COMPLETION_INDEX=", index))
		if out, err := s.CombinedOutput(); err != nil {
			t.Fatalf("pod %d: %v\n%s", index, err, out)
		}
	}
	for index := range job.Spec.Completions {
		run(index)
	}
	c.cutShort("parts/2")
	run(2) // is made again
	run(3) // has nothing to do
	c.shell("mpcomm missing parts/*")
	c.shell("mpcomm merge parts/* -o out")
	c.requireWhole()
}
